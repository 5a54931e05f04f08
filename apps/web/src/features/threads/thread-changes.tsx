"use client";
import type { ThreadView, TurnView } from "@heddle/db/threads.schema";
import { ChangesPanel } from "@heddle/ui/changes-panel";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEditorHref } from "../settings/use-editor.ts";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC, useTRPCClient } from "../shell/trpc.ts";
import { CommitButton } from "./commit-button.tsx";
import { PushButton } from "./push-button.tsx";
import { useThreadAddress } from "./use-thread-address.ts";
import { useViewed } from "./use-viewed.ts";

const everything = "all";
const longestPrompt = 40;

/** The diff of a thread, or of one of its turns. The event stream has it read again when a checkpoint was made. */
export function ThreadChanges({ thread }: { thread: ThreadView }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const threadId = thread.id;
  const { turn, file, show } = useThreadAddress();
  const { data: turns } = useQuery(trpc.threads.turns.queryOptions({ threadId }));
  const input = turn === null ? { threadId } : { threadId, turnId: turn };
  const diff = useQuery(trpc.threads.diff.queryOptions(input, { placeholderData: keepPreviousData }));
  const { viewed, setViewed } = useViewed(threadId);
  const editorHref = useEditorHref(thread.projectId);
  const choices = turns?.filter((one) => (one.changed && one.status !== "superseded") || one.id === turn) ?? [];

  function readLines(path: string, from: number, to: number): Promise<string[] | null> {
    return client.threads.fileLines.query({ ...input, path, from, to }).then(
      ({ lines }) => lines,
      (error: unknown) => {
        void notify("The lines could not be read", { description: messageOf(error) ?? undefined });
        return null;
      },
    );
  }

  return (
    <ChangesPanel
      files={diff.data?.files}
      scopes={[{ value: everything, label: "All changes" }, ...choices.map(scopeOf)]}
      scope={turn ?? everything}
      onScopeChange={(scope) => show({ turn: scope === everything ? null : scope })}
      error={diff.isError ? { reason: messageOf(diff.error) ?? "", onRetry: diff.refetch } : null}
      action={
        <>
          <PushButton thread={thread} />
          <CommitButton thread={thread} />
        </>
      }
      selectedPath={file}
      onSelectPath={(path) => show({ file: path })}
      viewed={viewed}
      onViewedChange={setViewed}
      readLines={readLines}
      editorHref={editorHref}
    />
  );
}

function scopeOf({ id, number, prompt }: TurnView): { value: string; label: string } {
  const line = prompt.split("\n", 1)[0] ?? "";
  const short = line.length > longestPrompt ? `${line.slice(0, longestPrompt).trimEnd()}…` : line;
  return { value: id, label: `Turn ${number}: ${short}` };
}
