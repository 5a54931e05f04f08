import { readPort } from "./env.ts";
import { createDemoModel } from "./server.ts";

const log = (level: "info" | "error", msg: string) =>
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), name: "demo-model", msg })}\n`);

try {
  const model = await createDemoModel({ port: readPort() });
  log("info", `the scripted demo model listens on ${model.baseUrl}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void model.close().then(() => process.exit(0)));
  }
} catch (error) {
  log("error", error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
