"use client";
import { Button } from "@heddle/ui/button";
import { CodeLine } from "@heddle/ui/code-line";
import { CopyButton } from "@heddle/ui/copy-button";
import { Dialog } from "@heddle/ui/dialog";
import { CircleCheck } from "lucide-react";
import type { RefObject } from "react";
import { MakeToken } from "../tokens/make-token.tsx";

export type FetchDialogProps = {
  open: boolean;
  onClose: () => void;
  returnFocus: RefObject<HTMLElement | null>;
  projectId: string;
  branch: string;
  commit: string | null;
  /** Right after the commit, rather than asked for later. */
  justMade: boolean;
};

/** How to bring a thread's committed branch into any checkout. */
export function FetchDialog({ open, onClose, returnFocus, projectId, branch, commit, justMade }: FetchDialogProps) {
  const origin = typeof location === "undefined" ? "" : location.origin;
  return (
    <Dialog
      open={open}
      onOpenChange={onClose}
      returnFocus={returnFocus}
      title={justMade ? "Committed" : "Get the branch"}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      {commit && (
        <p role="status" className="flex flex-wrap items-center gap-x-1.5 gap-y-1 text-sm">
          <CircleCheck className="size-4 text-success" aria-hidden />
          <code className="font-mono text-xs">{commit.slice(0, 12)}</code>
          <CopyButton text={commit} label="Copy the commit's id" /> on
          <code className="font-mono text-xs [overflow-wrap:anywhere]">{branch}</code>
        </p>
      )}
      <h3 className="mt-4 mb-1.5 text-muted text-sm">Bring the branch into your own checkout:</h3>
      <CodeLine text={`git fetch ${origin}/git/${projectId}.git ${branch}:${branch}`} />
      <h3 className="mt-4 mb-1.5 text-muted text-sm">
        Git asks who you are: any user name, and an API token as the password.
      </h3>
      <MakeToken name="git" />
    </Dialog>
  );
}
