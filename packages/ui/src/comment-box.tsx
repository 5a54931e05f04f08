"use client";
import { CircleAlert, MessageSquare } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { Avatar } from "./avatar.tsx";
import { Button } from "./button.tsx";
import { CompletionList, completionOptionId } from "./completion-list.tsx";
import { Kbd } from "./kbd.tsx";
import { matchPeople, mentionsIn } from "./mentions.ts";
import type { Person } from "./types.ts";
import { useCompletion } from "./use-completion.ts";
import { useModKey } from "./use-mod-key.ts";

export type CommentBoxProps = {
  /** Who can be mentioned; absent while they are being read. */
  people: readonly Person[] | undefined;
  /** Resolves to true when the comment was taken: only then is the text cleared. */
  onSend: (text: string, mentioned: readonly Person[]) => Promise<boolean>;
  error?: string | null;
  initialText?: string;
  /** After each change, to remember an unsent text. */
  onTextChange?: (text: string) => void;
  autoFocus?: boolean;
  /** In the toolbar: the way back to prompts. */
  tools?: ReactNode;
};

/** Where comments are written. ⌘/Ctrl+Enter sends; `@` completes the names of members. */
export function CommentBox({
  people,
  onSend,
  error,
  initialText = "",
  onTextChange,
  autoFocus,
  tools,
}: CommentBoxProps) {
  const [text, setText] = useState(initialText);
  const [pending, setPending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const mod = useModKey();
  const mentions = useCompletion({
    field,
    text,
    onChange: change,
    find: (query) => matchPeople(people ?? [], query),
    nameOf: ({ name }) => name,
  });
  const ready = text.trim() !== "" && !pending && people !== undefined;
  const open = mentions.matches.length > 0;

  function change(next: string) {
    setText(next);
    onTextChange?.(next);
  }

  async function send() {
    if (!ready) return;
    setPending(true);
    const taken = await onSend(text.trim(), mentionsIn(text, people ?? [])).catch(() => false);
    setPending(false);
    if (taken) change("");
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (mentions.onKeyDown(event)) return;
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void send();
  }

  return (
    <form
      onSubmit={submit}
      aria-busy={pending || undefined}
      className="shrink-0 [scrollbar-gutter:stable] [scrollbar-width:thin]"
    >
      <div className="mx-auto w-full max-w-[47.5rem] px-4 pt-px pb-3">
        {error && (
          <p id={`${id}-note`} role="alert" className="mb-1.5 flex items-start gap-1.5 px-1 text-danger text-xs">
            <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
            {error}
          </p>
        )}
        <div className="relative rounded-xl border border-control border-dashed bg-sunken focus-within:border-solid focus-within:border-accent-text focus-within:ring-1 focus-within:ring-accent-text">
          {open && (
            <CompletionList
              id={`${id}-people`}
              label="Members"
              items={mentions.matches}
              keyOf={({ id: personId, name }) => personId ?? name}
              render={({ name }) => (
                <>
                  <Avatar name={name} size={16} />
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                </>
              )}
              className="absolute bottom-full left-2 mb-1 w-64"
              active={mentions.active}
              onChoose={mentions.choose}
            />
          )}
          <textarea
            ref={field}
            aria-label="Comment"
            aria-describedby={error ? `${id}-note` : undefined}
            aria-haspopup="listbox"
            aria-autocomplete="list"
            aria-controls={open ? `${id}-people` : undefined}
            aria-activedescendant={open ? completionOptionId(`${id}-people`, mentions.active) : undefined}
            placeholder="Comment to people; the agent does not read it. @ mentions somebody"
            // biome-ignore lint/a11y/noAutofocus: it takes the place of the field that had the focus
            autoFocus={autoFocus}
            rows={1}
            value={text}
            readOnly={pending}
            onChange={(event) => {
              change(event.target.value);
              mentions.look();
            }}
            onClick={mentions.look}
            onBlur={mentions.close}
            onKeyDown={onKeyDown}
            className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1 text-base outline-none placeholder:text-subtle read-only:text-muted"
          />
          <div className="flex items-end gap-1 px-1.5 pb-1.5">
            <div className="flex min-w-0 flex-1 flex-wrap items-center gap-1">{tools}</div>
            <span className="mr-1 flex h-7 items-center gap-1 text-2xs text-subtle pointer-coarse:hidden max-sm:hidden">
              <Kbd keys={[mod, "Enter"]} />
            </span>
            <Button type="submit" variant="primary" size="sm" disabled={!ready && !pending} pending={pending}>
              <MessageSquare aria-hidden /> Comment
            </Button>
          </div>
        </div>
      </div>
    </form>
  );
}
