import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { startScratchPostgres } from "../scratch-postgres.ts";

const schemaFile = "schema.prisma";

/**
 * The SQL that leads from one Prisma schema to another, by Prisma's own engine in its WebAssembly form (the native one
 * would have to be downloaded).
 * @param from text of the old schema, or null for an empty database
 */
export async function diffSchemas(from: string | null, to: string): Promise<string> {
  await loadEngine();
  // The engine asks a server for its version, even to compare two texts.
  const postgres = await startScratchPostgres();
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: postgres.url("postgres") }));
  const engine = await bindings.SchemaEngine.new({ datamodels: [[schemaFile, to]] }, () => undefined, factory);
  try {
    const { stdout } = await engine.diff({
      from: from === null ? { tag: "empty" } : datamodel(from),
      to: datamodel(to),
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? "";
  } finally {
    engine.free();
    await postgres.remove();
  }
}

function datamodel(content: string) {
  return { tag: "schemaDatamodel" as const, files: [{ path: schemaFile, content }] };
}

/** What wasm-bindgen generates for bundlers, done by hand: Node does not import `.wasm` files. */
async function loadEngine(): Promise<void> {
  const module = "@prisma/schema-engine-wasm/schema_engine_bg";
  const file = createRequire(import.meta.url)
    .resolve(module)
    .replace(/\.js$/, ".wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(file), {
    "./schema_engine_bg.js": bindings as unknown as WebAssembly.ModuleImports,
  });
  const { __wbg_set_wasm: setWasm } = bindings as unknown as { __wbg_set_wasm(exports: WebAssembly.Exports): void };
  setWasm(instance.exports);
  (instance.exports as unknown as { __wbindgen_start(): void }).__wbindgen_start();
}
