import { relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { heddleRules } from "./rules.ts";

/**
 * Finds imports that break a rule.
 * @param root the folder that the paths in rules are relative to
 * @param files paths of the files to look at, relative to `root`
 * @returns one sentence per broken rule and import, sorted
 */
export async function brokenRules(root: string, files: string[], rules = heddleRules): Promise<string[]> {
  const imports = await importsOf(root, files);
  const broken = new Set<string>();
  for (const { name, folder, reach, may, mustNot = [] } of rules) {
    const starts = [...imports.keys()].filter((file) => folder.test(file));
    for (const file of reach ? reachable(starts, imports, reach) : starts) {
      for (const imported of imports.get(file) ?? []) {
        const allowed = may?.some((pattern) => pattern.test(imported)) ?? true;
        if (!allowed || mustNot.some((pattern) => pattern.test(imported)))
          broken.add(`${file} imports ${imported}: ${name}`);
      }
    }
  }
  return [...broken].sort();
}

type Imports = Map<string, Set<string>>;

function reachable(starts: string[], imports: Imports, reach: RegExp): Set<string> {
  const found = new Set(starts);
  for (const file of found) {
    for (const imported of imports.get(file) ?? []) if (reach.test(imported)) found.add(imported);
  }
  return found;
}

/** What each file imports at run time, as esbuild sees it: it drops imports of types. */
async function importsOf(root: string, files: string[]): Promise<Imports> {
  const imports: Imports = new Map(files.map((file) => [file, new Set<string>()]));
  const listen: Plugin = {
    name: "listen",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /.*/ }, async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (kind === "entry-point" || pluginData === "resolving") return undefined;
        const isOurs = path.startsWith(".") || path.startsWith("@heddle/");
        const resolved = isOurs ? await resolve(path, { importer, kind, resolveDir, pluginData: "resolving" }) : null;
        imports.get(relative(root, importer))?.add(resolved?.path ? relative(root, resolved.path) : path);
        return { path, external: true };
      });
    },
  };
  await build({
    absWorkingDir: root,
    entryPoints: files,
    outdir: "never-written",
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    jsx: "automatic",
    logLevel: "error",
    plugins: [listen],
  });
  return imports;
}
