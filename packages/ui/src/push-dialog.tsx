"use client";
import { CircleCheck } from "lucide-react";
import type { RefObject } from "react";
import { Banner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Dialog } from "./dialog.tsx";
import { FactList } from "./fact-list.tsx";

export type PushDialogProps = {
  open: boolean;
  onClose: () => void;
  returnFocus: RefObject<HTMLElement | null>;
  /** The repository's address. */
  remote: string;
  branch: string;
  commit: string;
  onPush: () => void;
  pending: boolean;
  pushed: boolean;
  /** Why the last attempt came to nothing. */
  error: string | null;
};

const Mono = ({ children }: { children: string }) => (
  <code className="font-mono text-xs [overflow-wrap:anywhere]">{children}</code>
);

/** Sends a thread's committed branch to the project's repository: where to, and how that went. */
export function PushDialog(props: PushDialogProps) {
  const { open, onClose, returnFocus, remote, branch, commit, onPush, pending, pushed, error } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={onClose}
      returnFocus={returnFocus}
      title={pushed ? "Pushed" : "Push the branch"}
      footer={
        pushed ? (
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" onClick={onPush} pending={pending}>
              {error ? "Push again" : "Push"}
            </Button>
          </>
        )
      }
    >
      {error && !pending && (
        <Banner tone="danger" title="The branch was not pushed" className="mb-4">
          {error}
        </Banner>
      )}
      {pushed && (
        <p role="status" className="mb-3 flex items-center gap-1.5 text-sm">
          <CircleCheck className="size-4 text-success" aria-hidden /> The repository has the branch.
        </p>
      )}
      <FactList
        facts={[
          { label: "Repository", value: <Mono>{remote}</Mono> },
          {
            label: "Branch",
            value: (
              <span className="inline-flex min-w-0 items-center gap-1">
                <Mono>{branch}</Mono> <CopyButton text={branch} label="Copy the branch's name" />
              </span>
            ),
          },
          { label: "Commit", value: <Mono>{commit.slice(0, 12)}</Mono> },
        ]}
      />
      {!pushed && (
        <p className="mt-3 text-muted text-sm">
          What was committed last is sent. Commits that the branch has there already are never overwritten.
        </p>
      )}
    </Dialog>
  );
}
