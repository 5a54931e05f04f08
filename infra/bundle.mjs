import { build, context } from "esbuild";

/**
 * Bundles a server program for Node: workspace packages go in, packages from npm stay in node_modules.
 * Usage: node bundle.mjs [--watch] <entry> <output> [<entry> <output> …]
 */
const arguments_ = process.argv.slice(2);
const watch = arguments_.includes("--watch");
const paths = arguments_.filter((argument) => argument !== "--watch");

const npmPackagesStayOutside = {
  name: "npm-packages-stay-outside",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || path.startsWith("@heddle/") ? undefined : { path, external: true },
    );
  },
};

for (let index = 0; index < paths.length; index += 2) {
  const options = {
    entryPoints: [paths[index]],
    outfile: paths[index + 1],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
    plugins: [npmPackagesStayOutside],
  };
  if (watch) await (await context(options)).watch();
  else await build(options);
}
