"use client";
import { ListEnd, Play } from "lucide-react";
import { useLayoutEffect, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { plural } from "./format.ts";
import { type EditedPrompt, QueuedEditor } from "./queued-editor.tsx";
import { QueuedRow } from "./queued-row.tsx";
import { focusQuietly } from "./quiet-focus.ts";

export type SendMode = "queue" | "steer";

export type QueuedPromptView = {
  id: string;
  text: string;
  /** Absent for the reader's own. */
  author?: string;
  mode: SendMode;
  /** This reader may change its text and mode. */
  editable: boolean;
  /** … may move and remove it. */
  movable: boolean;
};

export type QueuePanelProps = {
  /** In the order in which they will be taken. */
  prompts: readonly QueuedPromptView[];
  /** The turn before them was stopped: they wait until somebody lets them run. */
  held?: boolean;
  /** Absent for those who may not. */
  onRelease?: () => void;
  releasing?: boolean;
  /** Resolves to true when the new text was accepted. */
  onEdit: (id: string, text: string) => Promise<boolean>;
  /** Absent while no turn runs that could take a prompt in. */
  onModeChange?: (id: string, mode: SendMode) => void;
  /** Moves a prompt before another one, or to the end. */
  onMove: (id: string, before: string | null) => void;
  onRemove: (id: string) => void;
  /** Sends a text whose prompt began while it was edited. */
  onSend: (text: string) => Promise<boolean>;
};

/** The prompts that wait, above the composer: edited in place, ordered by drag or Alt+↑/↓, removed. */
export function QueuePanel(props: QueuePanelProps) {
  const { prompts, held, onRelease, releasing, onEdit, onModeChange, onMove, onRemove, onSend } = props;
  const [edited, setEdited] = useState<EditedPrompt | null>(null);
  const [moved, setMoved] = useState("");
  const list = useRef<HTMLOListElement>(null);
  /** A selector: what takes the focus once the list is drawn. */
  const focusAfter = useRef<string | null>(null);
  const lost = edited !== null && !prompts.some(({ id }) => id === edited.id);

  useLayoutEffect(() => {
    if (focusAfter.current === null) return;
    focusQuietly(list.current?.querySelector<HTMLElement>(focusAfter.current));
    focusAfter.current = null;
  });

  /** @param to the place among all prompts, from 0 */
  function move(id: string, to: number) {
    const others = prompts.filter((prompt) => prompt.id !== id);
    const from = prompts.findIndex((prompt) => prompt.id === id);
    if (to < 0 || to > others.length || to === from) return;
    focusAfter.current = `[data-grip="${CSS.escape(id)}"]`;
    setMoved(`Moved to place ${to + 1} of ${prompts.length}`);
    onMove(id, others[to]?.id ?? null);
  }

  function drop(id: string, target: string, edge: "top" | "bottom") {
    const at = prompts.filter((prompt) => prompt.id !== id).findIndex((prompt) => prompt.id === target);
    move(id, edge === "top" ? at : at + 1);
  }

  if (prompts.length === 0 && !lost) return null;
  return (
    <section aria-label="Queue" className="shrink-0 overflow-hidden [scrollbar-gutter:stable] [scrollbar-width:thin]">
      <div className="mx-auto w-full max-w-[47.5rem] px-4 pb-1.5">
        <div className="rounded-lg border border-line bg-canvas">
          <h2 className="flex min-h-7 items-center gap-2 border-line border-b pr-1 pl-2.5 text-muted text-xs">
            <ListEnd className="size-3.5 text-subtle" aria-hidden />
            <span className="min-w-0 flex-1 py-1">
              {prompts.length === 0
                ? "The queue is empty"
                : `${plural(prompts.length, "prompt")} ${held ? "on hold, because the turn was stopped" : "in the queue"}`}
            </span>
            {held && onRelease && (
              <Button size="sm" variant="ghost" onClick={onRelease} pending={releasing} className="h-6">
                <Play aria-hidden /> {prompts.length === 1 ? "Let it run" : "Let them run"}
              </Button>
            )}
          </h2>
          <ol ref={list} className="max-h-[28dvh] divide-y divide-line overflow-y-auto overscroll-contain">
            {prompts.map((prompt, index) =>
              edited?.id === prompt.id ? (
                <li key={prompt.id}>
                  <QueuedEditor
                    edited={edited}
                    onChange={setEdited}
                    onSave={(text) => onEdit(prompt.id, text)}
                    onClose={() => {
                      focusAfter.current = `[data-edit="${CSS.escape(prompt.id)}"]`;
                      setEdited(null);
                    }}
                  />
                </li>
              ) : (
                <QueuedRow
                  key={prompt.id}
                  prompt={prompt}
                  onMove={(step) => move(prompt.id, index + step)}
                  onDrop={(id, edge) => drop(id, prompt.id, edge)}
                  onEdit={() => setEdited({ id: prompt.id, text: prompt.text })}
                  onModeChange={onModeChange && ((mode) => onModeChange(prompt.id, mode))}
                  onRemove={() => onRemove(prompt.id)}
                />
              ),
            )}
            {lost && (
              <li>
                <QueuedEditor
                  edited={edited}
                  onChange={setEdited}
                  note="This prompt began before your change was saved. Send the text as a new one, or leave it."
                  saveLabel="Send as new"
                  onSave={onSend}
                  onClose={() => setEdited(null)}
                />
              </li>
            )}
          </ol>
          <p role="status" className="sr-only">
            {moved}
          </p>
        </div>
      </div>
    </section>
  );
}
