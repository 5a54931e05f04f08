"use client";
import { type FormEvent, type KeyboardEvent, type ReactNode, type RefObject, useId, useState } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Checkbox } from "./checkbox.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Textarea } from "./input.tsx";

export type ResendDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  prompt: string;
  /** How many turns, this one included, the new prompt replaces. */
  replaces: number;
  /** False when nothing was changed since, so that there is nothing to put back. */
  filesChanged: boolean;
  onResend: (input: { prompt: string; restoreFiles: boolean }) => void;
  /** Below the prompt: the choice of the model. */
  tools?: ReactNode;
  pending?: boolean;
  error?: string | null;
  returnFocus?: RefObject<HTMLElement | null>;
};

/** Edits a prompt and sends it again in place of what followed it. */
export function ResendDialog(props: ResendDialogProps) {
  const formId = useId();
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      returnFocus={props.returnFocus}
      title="Edit and resend"
      footer={
        <>
          <Button onClick={() => props.onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={props.pending}>
            Resend
          </Button>
        </>
      }
    >
      <ResendForm key={`${props.open}:${props.prompt}`} formId={formId} {...props} />
    </Dialog>
  );
}

function ResendForm(props: ResendDialogProps & { formId: string }) {
  const { formId, prompt, replaces, filesChanged, onResend, tools, pending, error } = props;
  const [text, setText] = useState(prompt);
  const [restoreFiles, setRestoreFiles] = useState(true);
  const [asked, setAsked] = useState(false);

  function submit(event?: FormEvent) {
    event?.preventDefault();
    setAsked(true);
    if (text.trim() !== "" && !pending) onResend({ prompt: text.trim(), restoreFiles: filesChanged && restoreFiles });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.nativeEvent.isComposing) submit();
  }

  return (
    <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
      {error && (
        <Banner tone="danger" title="The prompt was not sent">
          {error}
        </Banner>
      )}
      <Field label="Prompt" error={asked && text.trim() === "" ? "Write what the agent should do" : null}>
        {(control) => (
          <Textarea
            {...control}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            className="field-sizing-content max-h-[40dvh] min-h-24 text-base"
          />
        )}
      </Field>
      {tools && <div className="-mt-1 -ml-2 flex items-center">{tools}</div>}
      <p className="text-muted text-sm">
        {replaces === 1
          ? "Its answer leaves the conversation. It stays there to be read, folded away; the agent no longer sees it."
          : `Its answer and the ${replaces - 1} later ${replaces === 2 ? "turn leave" : "turns leave"} the conversation. They stay there to be read, folded away; the agent no longer sees them.`}
      </p>
      {filesChanged ? (
        <Checkbox
          checked={restoreFiles}
          onCheckedChange={setRestoreFiles}
          label="Put the files back to before this prompt"
          hint={
            restoreFiles
              ? "What was changed in the worktree since then is undone. Commits on the branch and files that git ignores stay."
              : "The files stay as they are now, with the changes of the replaced turns."
          }
        />
      ) : (
        <p className="text-muted text-sm">No files were changed since this prompt.</p>
      )}
    </form>
  );
}
