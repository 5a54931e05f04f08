import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestDatabase } from "@heddle/db/testing/database";
import { testTemporalAddress } from "@heddle/db/testing/test-database";
import { readEnv } from "../env.ts";
import { createRuntime, type Runtime } from "../server/runtime.ts";
import { serveRoutes } from "./serve-routes.ts";

export type TestStack = {
  runtime: Runtime /** of the server, for example `http://127.0.0.1:1234` */;
  url: string;
  close(): Promise<void>;
};

/** What the routes find from now on. */
export function installRuntime(runtime: Runtime): void {
  Object.assign(globalThis, { [Symbol.for("heddle.web.runtime")]: runtime });
}

/** Every route of the app on a real port, over a database of its own, with a home of its own. */
export async function startTestStack(settings: Record<string, string> = {}): Promise<TestStack> {
  const { db, url: databaseUrl, close: dropDatabase } = await openTestDatabase();
  await db.close();
  const home = mkdtempSync(join(tmpdir(), "heddle-web-"));
  const env = readEnv({
    HEDDLE_HOME: home,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: testTemporalAddress(),
    HEDDLE_SECRET_KEYS: Buffer.alloc(32, 7).toString("base64"),
    NEXTAUTH_SECRET: "a secret for tests alone, of enough length",
    NEXTAUTH_URL: "http://localhost:3000",
    LOG_LEVEL: "fatal",
    ...settings,
  });
  const runtime = createRuntime(env);
  installRuntime(runtime);
  const server = await serveRoutes();
  return {
    runtime,
    url: server.url,
    async close() {
      await runtime.close();
      await server.close();
      await dropDatabase().catch(() => undefined);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
