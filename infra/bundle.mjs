import { build } from "esbuild";

/**
 * Bundles a server program for Node: workspace packages go in, packages from npm stay in node_modules.
 * Usage: node bundle.mjs <entry> <output> [<entry> <output> …]
 */
const paths = process.argv.slice(2);

const npmPackagesStayOutside = {
  name: "npm-packages-stay-outside",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || path.startsWith("@heddle/") ? undefined : { path, external: true },
    );
  },
};

for (let index = 0; index < paths.length; index += 2) {
  await build({
    entryPoints: [paths[index]],
    outfile: paths[index + 1],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
    plugins: [npmPackagesStayOutside],
  });
}
