"use client";
import { ArrowUp, CircleAlert } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { CompletionList, completionOptionId } from "./completion-list.tsx";
import { FilePath } from "./file-path.tsx";
import { Kbd } from "./kbd.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { rankMatches } from "./rank-matches.ts";
import type { ModelOption } from "./types.ts";
import { useCompletion } from "./use-completion.ts";
import { useModKey } from "./use-mod-key.ts";

export type ComposerProps = {
  /** Resolves to true when the prompt was accepted: only then is the text cleared. */
  onSend: (text: string) => Promise<boolean>;
  /** For ⌘/Ctrl+Shift+Enter: into the running turn. */
  onSteer?: (text: string) => Promise<boolean>;
  /** Absent while they are being read. */
  models?: readonly ModelOption[];
  model: string | undefined;
  onModelChange: (model: string) => void;
  placeholder?: string;
  /** "Send"; "Queue" while a turn runs; "Start thread". */
  sendLabel?: string;
  /** Why the last prompt was not accepted. */
  error?: string | null;
  /** Why nothing can be sent; the text can still be written. */
  disabledReason?: string | null;
  initialText?: string;
  /** Paths that `@` completes; absent until they are there. */
  files?: readonly string[];
  /** Somebody has begun to name a file. */
  onFilesWanted?: () => void;
  /** Enter sends, and with Shift makes a new line. */
  enterSends?: boolean;
  /** After each change, to remember an unsent text. */
  onTextChange?: (text: string) => void;
  autoFocus?: boolean;
  /** More controls of the toolbar: base branch, mode. */
  tools?: ReactNode;
  /** Before the send button: what stops the running turn. */
  stop?: ReactNode;
  /** The other half of the send button: ways to send. @param ready whether the button can be pressed now */
  sendMenu?: (ready: boolean) => ReactNode;
};

/**
 * Where prompts are written. ⌘/Ctrl+Enter sends; Enter makes a new line, unless it sends, too. The field grows to 40 % of the screen.
 * The text stays until it has been accepted.
 */
export function Composer(props: ComposerProps) {
  const {
    onSend,
    onSteer,
    models,
    model,
    onModelChange,
    sendLabel = "Send",
    error,
    disabledReason,
    onTextChange,
    tools,
    stop,
    sendMenu,
  } = props;
  const [text, setText] = useState(props.initialText ?? "");
  const [pending, setPending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const mod = useModKey();
  const completion = useCompletion({
    field,
    text,
    onChange: change,
    find: (query) => rankMatches(query, props.files ?? [], (path) => path, 8).map(({ entry }) => entry),
    nameOf: (path) => path,
  });
  const completing = completion.matches.length > 0;
  const { onFilesWanted } = props;
  useEffect(() => {
    if (completion.asked) onFilesWanted?.();
  }, [completion.asked, onFilesWanted]);
  const ready = text.trim() !== "" && !pending && !disabledReason && model !== undefined;
  const note = error ?? disabledReason;

  function change(next: string) {
    setText(next);
    onTextChange?.(next);
  }

  async function send(how: (text: string) => Promise<boolean>) {
    if (!ready) return;
    setPending(true);
    const accepted = await how(text.trim()).catch(() => false);
    setPending(false);
    if (accepted) change("");
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (completion.onKeyDown(event)) return;
    const mod = event.metaKey || event.ctrlKey;
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    if (!mod && (!props.enterSends || event.shiftKey)) return;
    event.preventDefault();
    void send(event.shiftKey && onSteer ? onSteer : onSend);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void send(onSend);
  }

  return (
    <div className="relative shrink-0">
      {completing && (
        <div className="absolute inset-x-0 bottom-full z-20 mx-auto mb-1 w-full max-w-[47.5rem] px-4">
          <CompletionList
            id={`${id}-files`}
            label="Files"
            items={completion.matches}
            keyOf={(path) => path}
            render={(path) => <FilePath path={path} />}
            active={completion.active}
            onChoose={completion.choose}
            className="max-w-full"
          />
        </div>
      )}
      <form
        onSubmit={submit}
        aria-busy={pending || undefined}
        className="shrink-0 overflow-hidden [scrollbar-gutter:stable] [scrollbar-width:thin]"
      >
        <div className="mx-auto w-full max-w-[47.5rem] px-4 pt-px pb-3">
          {note && (
            <p
              id={`${id}-note`}
              role={error ? "alert" : undefined}
              className="mb-1.5 flex items-start gap-1.5 px-1 text-danger text-xs"
            >
              <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
              {note}
            </p>
          )}
          <div className="rounded-xl border border-control bg-raised focus-within:border-accent-text focus-within:ring-1 focus-within:ring-accent-text">
            <textarea
              ref={field}
              aria-label="Prompt"
              data-composer=""
              aria-describedby={note ? `${id}-note` : undefined}
              placeholder={props.placeholder ?? "Ask for a change"}
              // biome-ignore lint/a11y/noAutofocus: on a page whose one purpose is to write a prompt
              autoFocus={props.autoFocus}
              rows={1}
              value={text}
              readOnly={pending}
              onChange={(event) => {
                change(event.target.value);
                completion.look();
              }}
              onClick={completion.look}
              onBlur={completion.close}
              onKeyDown={onKeyDown}
              {...(completing && {
                "aria-autocomplete": "list",
                "aria-controls": `${id}-files`,
                "aria-activedescendant": completionOptionId(`${id}-files`, completion.active),
              })}
              className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base outline-none placeholder:text-subtle read-only:text-muted"
            />
            <div className="flex items-end gap-1 px-1.5 pb-1.5">
              <div className="flex min-w-0 flex-1 flex-wrap items-center gap-1">
                <ModelPicker models={models} value={model} onValueChange={onModelChange} disabled={pending} />
                {tools}
              </div>
              <span className="mr-1 flex h-7 items-center gap-1 text-2xs text-subtle pointer-coarse:hidden max-sm:hidden">
                <Kbd keys={props.enterSends ? ["Enter"] : [mod, "Enter"]} />
              </span>
              <div className="flex flex-wrap items-center justify-end gap-1.5">
                {stop}
                <span className="flex">
                  <Button
                    type="submit"
                    variant="primary"
                    size="sm"
                    disabled={!ready && !pending}
                    pending={pending}
                    className={sendMenu ? "rounded-r-none" : undefined}
                  >
                    <ArrowUp aria-hidden /> {sendLabel}
                  </Button>
                  {sendMenu?.(ready || pending)}
                </span>
              </div>
            </div>
          </div>
        </div>
      </form>
    </div>
  );
}
