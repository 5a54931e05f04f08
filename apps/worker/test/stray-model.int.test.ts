import { retryTurn } from "@heddle/db/retry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { itemsOf, openStage, type Stage, script, settled, shell } from "./harness.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await stage.startWorker();
});
afterAll(() => stage?.close());

const times = <T>(count: number, ...values: T[]): T[] => Array.from({ length: count }, () => values).flat();

describe("a model gone astray", () => {
  test("that makes the same failing call again and again is stopped, with a sentence that names it", async () => {
    const scope = await stage.prompt(script(...times(9, shell("cat nowhere.txt")), "Never said."));
    expect((await settled(scope)).status).toBe("failed");
    const items = await itemsOf(scope);
    expect(items.map(({ status }) => status)).toEqual(["completed", ...times(5, "failed"), "interrupted", "failed"]);
    expect(items.at(-2)).toMatchObject({ note: "Not run: the turn ended before." });
    expect(items.at(-1)).toMatchObject({
      code: "REPEATED_FAILURE",
      message: expect.stringContaining("failed 5 times: cat nowhere.txt"),
    });
    await retryTurn(scope);
    await stage.poke(scope.threadId);
    expect((await settled(scope)).status).toBe("idle");
  });

  test("that goes to and fro between two failing calls is stopped, too", async () => {
    const scope = await stage.prompt(script(...times(5, shell("cat here.txt"), shell("cat there.txt")), "Never said."));
    await settled(scope);
    expect((await itemsOf(scope)).at(-1)).toMatchObject({ code: "REPEATED_FAILURE" });
  });

  test("that looks again and again at what works is left alone", async () => {
    const scope = await stage.prompt(script(...times(8, shell("cat README.md")), "Read."));
    expect((await settled(scope)).status).toBe("idle");
  });

  test("that asks for hundreds of calls at once gets some, and is told about the rest", async () => {
    const calls = Array.from({ length: 200 }, (_, index) => shell(`echo ${index} >> count.txt`));
    const scope = await stage.prompt(script({ text: "All at once.", calls }, shell("wc -l < count.txt"), "Done."));
    expect((await settled(scope)).status).toBe("idle");
    const commands = (await itemsOf(scope)).filter(({ type }) => type === "commandExecution");
    expect(commands.filter(({ status }) => status === "completed")).toHaveLength(65);
    expect(commands.filter(({ status }) => status === "declined")).toHaveLength(64);
    expect(commands.at(-1)).toMatchObject({ output: "64\n" });
    expect(commands[64]).toMatchObject({ note: expect.stringContaining("may have 64 calls, and this one had 200") });
  });
});
