import { type Conversation, currentTurn } from "./conversation.ts";
import { type Intent, readIntent } from "./intents.ts";
import { nextAnswer, type Script } from "./script.ts";
import { appendToFile, createFile, deleteFile, renameFile, replaceInFile } from "./tasks/files.ts";
import { summarise, writeNote } from "./tasks/look-around.ts";
import { readmeSection } from "./tasks/readme-section.ts";
import { renameSymbol } from "./tasks/rename-symbol.ts";
import { runCommand } from "./tasks/run-command.ts";
import { runTests } from "./tasks/run-tests.ts";
import type { Answer } from "./wire.ts";

const introduction = "I am Heddle's scripted demo model: no AI, only a fixed set of tasks that I do for real.";
const neededTools = ["shell", "read_file", "write_file", "edit_file"];

/** The demo's next answer in a conversation. The first one of a thread says what it is. */
export function demoAnswer(conversation: Conversation): Answer {
  const turn = currentTurn(conversation);
  const answer = neededTools.every((name) => conversation.tools.has(name))
    ? nextAnswer(scriptFor(readIntent(turn.prompt), turn.prompt, conversation), turn)
    : { text: "I have no tools here, so there is nothing that I can do.", calls: [] };
  const isFirst = conversation.turns.length === 1 && turn.steps.length === 0;
  return isFirst ? { ...answer, text: [introduction, answer.text].filter(Boolean).join("\n\n") } : answer;
}

function scriptFor(intent: Intent, prompt: string, conversation: Conversation): Script {
  switch (intent.type) {
    case "createFile":
      return createFile(intent.path, intent.content);
    case "appendToFile":
      return appendToFile(intent.path, intent.text);
    case "replaceInFile":
      return replaceInFile(intent.path, intent.oldText, intent.newText);
    case "rewriteLastFile":
      return rewriteLastFile(conversation, intent.content, prompt);
    case "deleteFile":
      return deleteFile(intent.path);
    case "renameFile":
      return renameFile(intent.from, intent.to);
    case "renameSymbol":
      return renameSymbol(intent.from, intent.to);
    case "runTests":
      return runTests(intent.fix);
    case "runCommand":
      return runCommand(intent.command);
    case "readmeSection":
      return readmeSection(intent.title, intent.text);
    case "summarise":
      return summarise();
    case "note":
      return writeNote(prompt);
  }
}

/** In a follow-up "it" is the file that this thread wrote last; without one the prompt is not understood. */
function rewriteLastFile({ turns }: Conversation, content: string, prompt: string): Script {
  const earlier = turns.slice(0, -1).flatMap((turn) => turn.steps.flat());
  const written = earlier.findLast(({ name }) => name === "write_file" || name === "edit_file");
  return typeof written?.input.path === "string" ? createFile(written.input.path, content) : writeNote(prompt);
}
