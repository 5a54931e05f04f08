"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { CopyButton } from "@heddle/ui/copy-button";
import { Dialog } from "@heddle/ui/dialog";
import { Segmented } from "@heddle/ui/segmented";
import { SkeletonRows } from "@heddle/ui/skeleton";
import type { RefObject } from "react";
import { FailureState } from "../shell/failure-state.tsx";
import { canOn } from "../shell/use-workspace.ts";
import { AddThreadMember } from "./add-thread-member.tsx";
import { ByRole, SharingRows } from "./sharing-rows.tsx";
import { threadLink } from "./thread-link.ts";
import { type Sharing, useShare, useSharing } from "./use-sharing.ts";

type ShareDialogProps = { thread: ThreadView; onClose: () => void; returnFocus?: RefObject<HTMLElement | null> };

/** Who sees a thread and what each of them may do in it; for those who may say so, where it is changed. */
export function ShareDialog({ thread, onClose, returnFocus }: ShareDialogProps) {
  const sharing = useSharing(thread.id);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      returnFocus={returnFocus}
      title="Share this thread"
      footer={
        <>
          <p className="mr-auto text-muted text-xs">The link opens it as you see it now, for who may.</p>
          <CopyButton text={threadLink(thread)} label="Copy link" showLabel />
        </>
      }
    >
      {sharing.isError ? (
        <FailureState title="Who sees it could not be loaded" error={sharing.error} onRetry={sharing.refetch} />
      ) : sharing.data ? (
        <Loaded thread={thread} sharing={sharing.data} />
      ) : (
        <SkeletonRows rows={4} label="Loading who sees it" />
      )}
    </Dialog>
  );
}

const visibilities = [
  { value: "private", label: "Private" },
  { value: "shared", label: "Shared" },
];
const meaning = {
  private: "Those named below see it, and auditors.",
  shared: "Everybody who sees the project sees it, too.",
};

function Loaded({ thread, sharing }: { thread: ThreadView; sharing: Sharing }) {
  const threadId = thread.id;
  const mayShare = canOn(thread, "thread.share");
  const { setVisibility } = useShare(threadId);
  // The thread is kept fresh by the event stream.
  const shown = setVisibility.isPending ? setVisibility.variables.visibility : thread.visibility;
  const label = visibilities.find(({ value }) => value === shown)?.label;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0 flex-1">
          <p className="font-medium">Who sees it</p>
          <p className="text-muted text-xs">{meaning[shown]}</p>
        </div>
        {mayShare ? (
          <Segmented
            label="Who sees it"
            value={shown}
            onValueChange={(next) =>
              setVisibility.mutate({ threadId, visibility: next === "shared" ? "shared" : "private" })
            }
            options={visibilities}
          />
        ) : (
          <span className="text-muted">{label}</span>
        )}
      </div>
      <SharingRows threadId={threadId} sharing={sharing} mayShare={mayShare} />
      {mayShare ? (
        <AddThreadMember threadId={threadId} sharing={sharing} />
      ) : (
        <p className="text-muted text-xs">
          Whose thread it is says who sees it; of a shared one also a maintainer of the project or an admin.
        </p>
      )}
      <ByRole sharing={sharing} />
    </div>
  );
}
