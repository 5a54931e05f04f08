"use client";
import { GitBranch, RotateCw } from "lucide-react";
import { type FormEvent, type RefObject, useId, useState } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { DiffCounts } from "./diff-counts.tsx";
import { Field } from "./field.tsx";
import { plural } from "./format.ts";
import { Input, Textarea } from "./input.tsx";
import { Progress } from "./progress.tsx";

export type CommitSuggestion =
  | { status: "loading" }
  | { status: "ready"; subject: string; body: string }
  | { status: "failed"; reason: string };

export type CommitDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  branch: string;
  /** How many files it will hold; null when only some of the changes are new. */
  files: number | null;
  additions: number;
  deletions: number;
  author: { name: string; email?: string };
  /** Lines that are added below the message: who and what helped. */
  trailers: { key: string; value: string }[];
  suggestion: CommitSuggestion;
  onSuggestAgain?: () => void;
  onCommit: (message: { subject: string; body: string }) => void;
  pending?: boolean;
  error?: string | null;
  returnFocus?: RefObject<HTMLElement | null>;
};

/** Commits a thread's changes to its branch. */
export function CommitDialog(props: CommitDialogProps) {
  const { open, onOpenChange, files, pending } = props;
  const formId = useId();
  const what = files === null ? "changes" : plural(files, "file");
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      returnFocus={props.returnFocus}
      title={`Commit ${what}`}
      description={
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="inline-flex min-w-0 items-center gap-1">
            <GitBranch className="size-3.5 shrink-0" aria-label="Branch" />
            <span className="font-mono text-xs [overflow-wrap:anywhere]">{props.branch}</span>
          </span>
          <DiffCounts additions={props.additions} deletions={props.deletions} />
        </span>
      }
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" pending={pending}>
            Commit {what}
          </Button>
        </>
      }
    >
      <CommitForm key={String(open)} formId={formId} {...props} />
    </Dialog>
  );
}

function CommitForm(props: CommitDialogProps & { formId: string }) {
  const { formId, suggestion, onSuggestAgain, onCommit, pending, error, author, trailers } = props;
  const [edited, setEdited] = useState<{ subject?: string; body?: string }>({});
  const [asked, setAsked] = useState(false);
  const ready = suggestion.status === "ready" ? suggestion : { subject: "", body: "" };
  const subject = edited.subject ?? ready.subject;
  const body = edited.body ?? ready.body;
  const loading = suggestion.status === "loading";
  const missing = asked && subject.trim() === "" ? "Write a subject, or take the suggested one" : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (subject.trim() !== "" && !pending) onCommit({ subject: subject.trim(), body: body.trim() });
  }

  return (
    <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
      {error && (
        <Banner tone="danger" title="The commit was not made">
          {error}
        </Banner>
      )}
      <Field
        label="Subject"
        error={missing}
        hint={subject.length > 72 ? `${subject.length} characters: git shows about 72` : undefined}
      >
        {(control) => (
          <Input
            {...control}
            value={subject}
            placeholder={loading ? "The model is writing a suggestion" : "Say what changes, as an order"}
            onChange={(event) => setEdited({ ...edited, subject: event.target.value })}
          />
        )}
      </Field>
      <Field label="Description" optional>
        {(control) => (
          <Textarea
            {...control}
            value={body}
            rows={5}
            className="field-sizing-content max-h-64 min-h-28"
            placeholder={loading ? "" : "Why, and what a reviewer should know"}
            onChange={(event) => setEdited({ ...edited, body: event.target.value })}
          />
        )}
      </Field>
      <div role="status" className="-mt-1 flex min-h-7 items-center gap-2 text-subtle text-xs">
        {loading && (
          <span className="flex-1">
            The model is writing a suggestion
            <span className="mt-1 block">
              <Progress label="Writing a suggestion" />
            </span>
          </span>
        )}
        {suggestion.status === "failed" && <span className="flex-1">No suggestion: {suggestion.reason}</span>}
        {suggestion.status === "ready" && <span className="flex-1">Suggested by the model</span>}
        {!loading && onSuggestAgain && (
          <Button
            size="sm"
            variant="ghost"
            onClick={() => {
              setEdited({});
              onSuggestAgain();
            }}
          >
            <RotateCw aria-hidden /> Suggest again
          </Button>
        )}
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 rounded-md bg-sunken px-3 py-2 text-xs">
        <dt className="text-subtle">Author</dt>
        <dd className="[overflow-wrap:anywhere]">
          {author.name} {author.email && <>&lt;{author.email}&gt;</>}
        </dd>
        {trailers.map((trailer) => (
          <div key={trailer.key} className="contents">
            <dt className="text-subtle">{trailer.key}</dt>
            <dd className="font-mono [overflow-wrap:anywhere]">{trailer.value}</dd>
          </div>
        ))}
      </dl>
    </form>
  );
}
