import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createSandboxes, type Sandboxes } from "@heddle/agent/sandbox/sandboxes";
import { createTestWorld, type TestWorld } from "@heddle/agent/sandbox/testing/test-world";
import { networkLog } from "@heddle/db/network-decisions";
import type { ThreadScope } from "@heddle/db/scope";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell } from "./harness.ts";

let stage: Stage;
let world: TestWorld;
let sandboxes: Sandboxes;
let site: Server;

beforeAll(async () => {
  site = createServer((_, response) => response.end("site"));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  world = createTestWorld();
  world.names.set("a.test", ["9.9.9.9"]);
  world.places.set("9.9.9.9:80", (site.address() as AddressInfo).port);
  stage = await openStage();
  sandboxes = createSandboxes({ homeDir: stage.homeDir, outside: world });
  await stage.startWorker({ sandboxes });
});
beforeEach(() => allow("a.test"));
afterAll(async () => {
  await stage?.close();
  await sandboxes?.closeAll();
  site?.close();
});

const allow = (...allowedHosts: string[]) =>
  stage.db.prisma.project.update({ where: { id: stage.workspace.projectId }, data: { allowedHosts } });

async function logOf(scope: ThreadScope): Promise<string[]> {
  const { decisions } = await networkLog(scope, {});
  return decisions.map(({ host, reason }) => `${host} ${reason ?? "allowed"}`);
}

test("commands reach the project's hosts and no others; the thread's log has it when the turn ends", async () => {
  const scope = await stage.prompt(script(shell("curl -sS http://a.test/; curl -sSf http://b.test/"), "Done."));
  await settled(scope);
  const [, command] = await itemsOf(scope);
  expect(command).toMatchObject({ type: "commandExecution", status: "failed", exitCode: 22 });
  expect(command).toHaveProperty(
    "output",
    expect.stringMatching(/^site[\s\S]*\nHeddle: b\.test is not on this project's network list\./),
  );
  const { decisions } = await networkLog(scope, {});
  expect(decisions).toMatchObject([
    { list: "commands", host: "b.test", port: 80, allowed: false, reason: "HOST_NOT_ALLOWED", turnId: command?.turnId },
    { list: "commands", host: "a.test", port: 80, allowed: true, reason: null, turnId: command?.turnId },
  ]);
});

test("a change of the project's list takes effect while a command runs", async () => {
  const scope = await stage.prompt(
    script(
      shell(
        "until curl -sSf http://b.test/ >/dev/null 2>&1; do sleep 0.2; done; until ! curl -sSf http://a.test/ >/dev/null 2>&1; do sleep 0.2; done",
      ),
      "Done.",
    ),
  );
  world.names.set("b.test", ["9.9.9.9"]);
  while (!(await logOf(scope)).includes("b.test HOST_NOT_ALLOWED"))
    await new Promise((resolve) => setTimeout(resolve, 50));
  await allow("b.test");
  await settled(scope);
  const log = await logOf(scope);
  expect(log).toContain("b.test allowed");
  expect(log[0]).toBe("a.test HOST_NOT_ALLOWED");
});

test("Heddle's own commands and file tools have no network", async () => {
  const hook =
    "git config filter.x.clean 'curl -sS http://a.test/ >&2; cat'; echo '*.txt filter=x' > .gitattributes; echo new > c.txt";
  const scope = await stage.prompt(script(shell(hook), { name: "read_file", arguments: { path: "c.txt" } }, "Done."));
  expect(await settled(scope)).toMatchObject({ status: "idle" });
  expect(await logOf(scope)).toEqual([]);
});
