import { fileText, printedPaths } from "../results.ts";
import { type Script, type StepResults, step } from "../script.ts";
import { call } from "../wire.ts";
import { listFilesCommand, quote } from "./shell-text.ts";

type Surroundings = { paths: string[]; about: string | null; history: string[] };

function* lookAround(sentence: string): Generator<ReturnType<typeof step>, Surroundings, StepResults> {
  const [listed, log] = yield step(
    sentence,
    call("shell", { command: listFilesCommand }),
    call("shell", { command: "git log --oneline -n 5" }),
  );
  const paths = printedPaths(listed);
  const readme = paths.find((path) => /^readme(\.\w+)?$/i.test(path));
  const history = (log?.result ?? "").split("\n").filter((line) => /^[0-9a-f]{7,40} /.test(line));
  if (readme === undefined) return { paths, about: null, history };
  const [read] = yield step("I read the readme.", call("read_file", { path: readme }));
  return { paths, about: firstParagraph(fileText(read)), history };
}

/** Describes the repository from its files, its readme and its history. */
export function* summarise(): Script {
  const { paths, about, history } = yield* lookAround("I look around.");
  if (paths.length === 0) return "The repository has no files that I can see.";
  return [
    "## What is here",
    about ?? "There is no readme that says what the project is for.",
    `${paths.length === 1000 ? "More than 1000" : paths.length} files, mostly ${kinds(paths)}.`,
    "| Folder | Files |\n| --- | --- |\n" +
      folders(paths)
        .map(([name, count]) => `| \`${name}\` | ${count} |`)
        .join("\n"),
    ...(history.length > 0 ? [`## Latest commits\n\n${history.map((line) => `- ${line}`).join("\n")}`] : []),
  ].join("\n\n");
}

/** For a prompt that no other task understands: looks around and writes a short note. */
export function* writeNote(prompt: string): Script {
  const { paths, about } = yield* lookAround(
    "I did not recognise a task that I can do, so I look around and leave a note.",
  );
  const request = prompt.replace(/\s+/g, " ").trim().slice(0, 300);
  const section = [
    `## ${request.split(" ").slice(0, 8).join(" ") || "A note"}`,
    `Asked: ${request || "nothing"}`,
    about === null ? "The project has no readme." : `The project: ${about}`,
    `It has ${paths.length} files, mostly ${kinds(paths)}.`,
  ].join("\n\n");
  yield paths.includes("NOTES.md")
    ? step("", call("shell", { command: `printf '\\n%s\\n' ${quote(section)} >> NOTES.md` }))
    : step("", call("write_file", { path: "NOTES.md", content: `# Notes\n\n${section}\n` }));
  return [
    "I wrote a short note to `NOTES.md`.",
    "This is what I can do, as a script:",
    "- **create** a file, **append** to one, **replace** text in one, **delete** or **rename** one\n- **rename** a symbol across all files\n- **run the tests**, and **fix the failing test**\n- **summarise** the repository\n- **add a section** to the readme",
  ].join("\n\n");
}

function firstParagraph(markdown: string): string | null {
  const paragraphs = markdown.split(/\n\s*\n/).map((text) => text.replace(/\s+/g, " ").trim());
  return paragraphs.find((text) => /^[A-Za-z*_`"(]/.test(text))?.slice(0, 400) ?? null;
}

function kinds(paths: string[]): string {
  const counted = countBy(paths, (path) => /\.(\w+)$/.exec(path)?.[1] ?? "no extension");
  return counted
    .slice(0, 3)
    .map(([kind, count]) => `${kind} (${count})`)
    .join(", ");
}

function folders(paths: string[]): [string, number][] {
  return countBy(paths, (path) => (path.includes("/") ? `${path.split("/")[0]}/` : ".")).slice(0, 12);
}

function countBy(values: string[], key: (value: string) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
}
