import { exitCode, fileText, printed, printedPaths } from "../results.ts";
import { type Script, step } from "../script.ts";
import { call } from "../wire.ts";
import { fence, listFilesCommand, quote } from "./shell-text.ts";
import { testCommand } from "./test-runner.ts";

/** Adds a section at the end of the readme. Without a text it says what the repository itself shows. */
export function* readmeSection(title: string, text: string | null): Script {
  const [listed] = yield step(
    "I look at the readme and what is around it.",
    call("shell", { command: listFilesCommand }),
  );
  const paths = printedPaths(listed);
  const readme = paths.find((path) => /^readme(\.\w+)?$/i.test(path)) ?? "README.md";
  const [read, manifest] = yield step(
    "",
    call("read_file", { path: readme }),
    ...(paths.includes("package.json") ? [call("read_file", { path: "package.json" })] : []),
  );
  const old = paths.includes(readme) ? fileText(read) : "";
  if (new RegExp(`^#+ ${title.replace(/[^\w ]/g, ".")}\\s*$`, "im").test(old)) {
    return `\`${readme}\` already has a section **${title}**. I left it as it is.`;
  }
  const section = `## ${title}\n\n${text ?? ownWords(title, paths, fileText(manifest))}`;
  const [result] = yield step(
    "I add the section.",
    call("shell", { command: `printf '\\n%s\\n' ${quote(section)} >> ${quote(readme)}` }),
  );
  if (exitCode(result) !== 0) return `I could not write \`${readme}\`. ${printed(result)}`;
  return `I added a section to \`${readme}\`:\n\n${fence(section, "markdown")}`;
}

function ownWords(title: string, paths: string[], manifest: string): string {
  const command = testCommand(paths, manifest);
  if (/test/i.test(title) && command !== null) return `Run the tests:\n\n${fence(command, "sh")}`;
  if (/install|set ?up|start|usage|use/i.test(title) && paths.includes("package.json")) {
    return `${fence("npm install", "sh")}${command === null ? "" : `\n\nThen check that everything works:\n\n${fence(command, "sh")}`}`;
  }
  const files = paths.filter((path) => !path.startsWith(".")).slice(0, 12);
  return `The files to know:\n\n${files.map((path) => `- \`${path}\``).join("\n")}`;
}
