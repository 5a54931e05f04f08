import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ModelToolCall, ToolSpec } from "@heddle/agent/models/port";

const names = ["shell", "read_file", "write_file", "edit_file", "list_files", "search_files"];

export const toolSpecs: ToolSpec[] = names.map((name) => ({ name, description: name, parameters: { type: "object" } }));

/** Runs a tool call on a folder, without a sandbox: for tests with the demo model only. */
export function runLocally(folder: string, call: ModelToolCall): string {
  const input: Record<string, string> = JSON.parse(call.arguments);
  const path = join(folder, input.path ?? "");
  if (call.name === "shell") {
    const { status, stdout, stderr } = spawnSync("bash", ["-c", input.command ?? ""], {
      cwd: folder,
      encoding: "utf8",
      env: plainEnv,
    });
    return `Exit code: ${status}\n${stdout}${stderr}`;
  }
  if (call.name === "write_file") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, input.content ?? "");
    return `Wrote ${input.path}.`;
  }
  if (!existsSync(path)) return `Error: no such file: ${input.path}`;
  const text = readFileSync(path, "utf8");
  if (call.name === "read_file") return text;
  const parts = text.split(input.oldText ?? "");
  if (parts.length < 2) return "Error: oldText does not occur in the file.";
  if (parts.length > 2 && !input.replaceAll) return "Error: oldText is not unique.";
  writeFileSync(path, parts.join(input.newText ?? ""));
  return `Edited ${input.path}.`;
}

const plainEnv = { PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`, HOME: "/nonexistent" };
