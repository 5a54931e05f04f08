import { z } from "zod";
import type { PassedLimit } from "../sandbox/types.ts";
import { createOutputWindow } from "./output-window.ts";
import { defineTool, type ToolItem } from "./tool.ts";

const peopleChars = 64 * 1024;
// One argument of a program may have 128 KiB.
const maxCommandBytes = 100_000;

const schema = z.strictObject({
  command: z
    .string()
    .min(1)
    .refine((text) => !text.includes("\0"), "must not contain NUL bytes")
    .refine((text) => Buffer.byteLength(text) <= maxCommandBytes, "is too long; write a script file and run that")
    .describe("The command line, run with `bash -c` in the root of the repository."),
  timeout_seconds: z
    .number()
    .positive()
    .optional()
    .describe("Kill the command after so many seconds; 120 when absent, 600 at most."),
});

export const shell = defineTool({
  name: "shell",
  description: `Runs a command in a sandbox, in the root of the repository, and returns its output and exit code.
- Each call is a new bash: directory changes and variables do not carry over. Chain with && where steps depend on each other.
- There is no terminal and no standard input; commands that ask questions fail or hang. Use their non-interactive flags.
- The network is HTTP and HTTPS to the hosts on the project's list, through the proxy that http_proxy and https_proxy name. Anything else is refused, and the output of a command that fails says what was: do not look for a way around, name the host that is missing.
- Processes left in the background are killed when the command ends.
- Long output is cut in the middle: prefer quiet flags and narrow commands.
- Prefer read_file, edit_file, list_files and search_files to cat, sed, ls and grep.`,
  schema,
  describe: ({ command }) => commandItem(command, null, "", 0, 0),
  execute: async ({ command, timeout_seconds }, { sandbox, signal, onOutput, limits }) => {
    const askedMs = timeout_seconds === undefined ? limits.commandTimeoutMs : timeout_seconds * 1000;
    const timeoutMs = Math.min(askedMs, limits.maxCommandTimeoutMs);
    const output = createOutputWindow(peopleChars);
    const result = await sandbox.exec({
      argv: ["bash", "-c", command],
      timeoutMs,
      signal,
      limited: true,
      network: "commands",
      onOutput: (chunk) => {
        output.push(chunk);
        onOutput?.(chunk);
      },
    });
    const { exitCode, durationMs } = result;
    const end =
      result.limit !== null
        ? passedLimits[result.limit]
        : result.timedOut
          ? `timed out after ${timeoutMs / 1000} s and was killed with everything it had started`
          : exitCode === null
            ? `killed by ${result.signal}`
            : `exit code ${exitCode}`;
    const shown = output.text(limits.modelChars);
    const lineEnd = shown === "" || shown.endsWith("\n") ? "" : "\n";
    const note = result.limit !== null || result.timedOut ? { note: sentence(end) } : {};
    return {
      ok: exitCode === 0,
      forModel: `${shown || "(no output)\n"}${lineEnd}[${end}, ${(durationMs / 1000).toFixed(1)} s]`,
      item: {
        ...commandItem(command, exitCode, output.text(peopleChars), output.sizeBytes(), Math.round(durationMs)),
        ...note,
      },
    };
  },
});

/** How a command ended that used up what the thread may have, for the model. */
const passedLimits: Record<PassedLimit, string> = {
  memory: "killed: the sandbox's memory limit was reached",
  disk: "killed: the worktree's disk limit was reached; remove what is not needed before you go on",
};

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function commandItem(
  command: string,
  exitCode: number | null,
  output: string,
  outputBytes: number,
  durationMs: number,
): ToolItem {
  return { type: "commandExecution", command, exitCode, output, outputBytes, durationMs };
}
