import { answersOk } from "../ready.ts";
import type { ServiceSpec } from "../service.ts";
import { supervise } from "../supervise.ts";

/**
 * The supervisor with real servers and, in place of the built programs, small ones: its own tests need no build. Each
 * answers 200 on its port and ends on SIGTERM.
 */
const program = `require("node:http").createServer((_, response) => response.end("ok")).listen(+process.argv[1], "127.0.0.1");`;

function standIn(name: string, port: number): ServiceSpec {
  return {
    name,
    command: process.execPath,
    args: ["-e", program, String(port)],
    env: {},
    isReady: () => answersOk(`http://127.0.0.1:${port}/`),
    readyTimeoutMs: 20_000,
  };
}

await supervise((env, _home, { demoPort, workerPort }) => [
  standIn("demo-model", demoPort),
  standIn("worker", workerPort),
  standIn("web", env.HEDDLE_PORT),
]);
