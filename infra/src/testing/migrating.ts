import { join } from "node:path";
import { finishPuttingBack, migrateEmbedded } from "../migrate-embedded.ts";
import { freePort } from "../ports.ts";
import { createPostgres } from "../postgres.ts";

/** `node migrating.ts <dir>`: updates the database in `<dir>/postgres` as a start does; to be killed in the middle. */
const [dir = ""] = process.argv.slice(2);
const dataDir = join(dir, "postgres");
await finishPuttingBack(dataDir, console.log);
const postgres = await createPostgres(
  { dataDir, port: await freePort(), password: "p" },
  { runDir: dir, logsDir: dir, report: console.log },
);
await postgres.service.start();
await migrateEmbedded(postgres, { dataDir, report: console.log, migrationsDir: join(dir, "migrations") });
await postgres.service.stop();
