import { exitCode, printed } from "../results.ts";
import { type Script, step } from "../script.ts";
import { call } from "../wire.ts";
import { fence, tail } from "./shell-text.ts";

/** Runs one command and shows the end of its output. */
export function* runCommand(command: string): Script {
  const [result] = yield step("", call("shell", { command }));
  const code = exitCode(result);
  const outcome =
    code === 0 ? "It succeeded." : code === null ? "It did not finish." : `It failed with exit code ${code}.`;
  return `${outcome}\n\n${fence(tail(printed(result), 20), "text")}`;
}
