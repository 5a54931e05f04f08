import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Conversation } from "./conversation.tsx";
import { DiffHunks } from "./diff-hunks.tsx";
import { parsePatch } from "./parse-patch.ts";
import { ThreadRow } from "./thread-row.tsx";
import { TooltipProvider } from "./tooltip.tsx";
import type { CommandItem, Item, ThreadView } from "./types.ts";

const base = { turnId: "t1", seq: 1, status: "completed" as const, createdAt: "2026-11-21T08:00:00Z" };
const command: CommandItem = { ...base, id: "c", type: "commandExecution", command: "npm test" };
const html = (items: Item[]) =>
  renderToStaticMarkup(
    <TooltipProvider>
      <Conversation items={items} onRetry={() => {}} announcement="The agent is working" />
    </TooltipProvider>,
  );

describe("a conversation rendered on the server", () => {
  it("shows a failed command's exit code and duration, closed", () => {
    const text = html([{ ...command, exitCode: 1, durationMs: 12_400, output: "secret of the closed row" }]);
    expect(text).toContain("exit 1");
    expect(text).toContain("12 s");
    expect(text).not.toContain("secret of the closed row");
  });

  it("opens a running command and shows what it printed, without escape sequences", () => {
    const text = html([{ ...command, status: "running", output: "\u001b[32mok\u001b[0m so far" }]);
    expect(text).toContain("ok so far");
  });

  it("offers a retry for the last item only", () => {
    const error: Item = {
      ...base,
      id: "e",
      type: "error",
      code: "MODEL_RATE_LIMITED",
      message: "The provider refused.",
    };
    expect(html([error])).toContain("Try again");
    expect(html([error, command])).not.toContain("Try again");
  });

  it("offers a retry below notices and the log of a dev server", () => {
    const error: Item = { ...base, id: "e", type: "error", code: "MODEL_FAILED", message: "No answer." };
    const notice: Item = { ...base, id: "n", type: "notice", kind: "hostMoved", message: "The thread has moved." };
    expect(html([error, notice, { ...command, purpose: "dev" }])).toContain("Try again");
  });

  it("says what failed and what to do; a failure that was tried again is history", () => {
    const error: Item = { ...base, id: "e", type: "error", code: "MODEL_FAILED", message: "No answer." };
    expect(html([error])).toContain("nothing is done twice");
    const text = html([{ ...error, retried: true }]);
    expect(text).toContain("The model did not answer; tried again. No answer.");
    expect(text).not.toContain("Try again");
  });

  it("tells a call that never ran from one whose effect is unknown", () => {
    const cut = { ...command, status: "interrupted" as const };
    expect(html([{ ...cut, note: "Not run: the turn ended before." }])).toContain("Not run</span>");
    const unknown = html([{ ...cut, note: "Its worker stopped while it ran: its effect is unknown." }]);
    expect(unknown).toContain("Interrupted</span>");
    expect(unknown).toContain("its effect is unknown");
  });

  it("claims no duration for a command that was cut with its host", () => {
    const cut = { ...command, status: "interrupted" as const, durationMs: 0, note: "Its effect is unknown." };
    expect(html([cut])).not.toContain("0 s");
    expect(html([{ ...cut, durationMs: 3_300 }])).toContain("3.3 s");
  });

  it("shows an answer that was cut off as far as it came, and nothing of one that had not begun", () => {
    const cut: Item = { ...base, id: "m", type: "agentMessage", model: "demo", text: "So far", status: "interrupted" };
    expect(html([cut])).toContain("Cut off");
    expect(html([{ ...cut, text: "" }])).not.toContain("Cut off");
  });

  it("folds turns away that an edited prompt has replaced", () => {
    const items = [
      { ...command, turnId: "t0" },
      { ...command, id: "d" },
    ];
    const text = renderToStaticMarkup(<Conversation items={items} replaced={new Set(["t0"])} />);
    expect(text).toContain("An earlier turn, replaced by an edited prompt");
    expect(text.match(/npm test/g)).toHaveLength(1);
  });

  it("escapes what people and models write", () => {
    const text = html([{ ...base, id: "u", type: "userMessage", text: "<img src=x onerror=1>", author: "Ada" }]);
    expect(text).toContain("&lt;img src=x onerror=1&gt;");
  });

  it("announces the status and nothing of the text", () => {
    expect(html([])).toContain('role="status" class="sr-only">The agent is working');
  });
});

it("numbers and signs the lines of a diff", () => {
  const text = renderToStaticMarkup(<DiffHunks hunks={parsePatch("@@ -7 +7 @@\n-old\n+new\n")} path="a.txt" />);
  expect(text.match(/data-sign="[+−]"/g)).toEqual(['data-sign="−"', 'data-sign="+"']);
  expect(text).toContain(">7</td>");
});

it("tells a thread's state in words", () => {
  const thread: ThreadView = {
    id: "1",
    projectId: "p",
    title: "Fix slugs",
    status: "waiting",
    updatedAt: 0,
    startedBy: { name: "Ada" },
    branch: "heddle/fix-slugs",
    additions: 3,
    deletions: 0,
  };
  const text = renderToStaticMarkup(<ThreadRow thread={thread} href="/t/1" selected />);
  expect(text).toContain('aria-current="page"');
  expect(text).toContain('aria-label="Waits for you"');
  expect(text).toContain("+3");
});
