import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { diffSchemas } from "./schema-engine.ts";

/**
 * `npm run migration -- <name>`: writes the next migration, the step from the schema of the last one to the present
 * schema, for a person to read and complete. Touches no database.
 */
const [name] = process.argv.slice(2);
const schemaFile = join(root, "prisma/schema.prisma");
const migrationsDir = join(root, "prisma/migrations");
const lastSchemaFile = join(migrationsDir, "last-schema.prisma");

if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Usage: npm run migration -- <name>, with a name such as add_reviews");
  process.exit(1);
}
const lastSchema = existsSync(lastSchemaFile) ? readFileSync(lastSchemaFile, "utf8") : null;
const sql = await diffSchemas(lastSchema, readFileSync(schemaFile, "utf8"));
const isEmpty = sql.includes("This is an empty migration");
if (!isEmpty) {
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const dir = join(migrationsDir, `${time}_${name}`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "migration.sql"), sql);
  console.log(`Wrote ${join(dir, "migration.sql")}; read it before you commit it.`);
}
copyFileSync(schemaFile, lastSchemaFile);
if (isEmpty) console.log("The schema needs no migration.");
