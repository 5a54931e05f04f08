"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { CommentBox } from "@heddle/ui/comment-box";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { useSharing } from "../sharing/use-sharing.ts";
import { messageOf } from "../shell/failure.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useWorkspace } from "../shell/use-workspace.ts";
import { useDraft } from "./use-draft.ts";
import { useTyping } from "./use-typing.ts";

type WriteCommentProps = { thread: ThreadView; tools?: ReactNode; autoFocus?: boolean };

/** Where a comment on a thread is written; it comes back with the event stream. */
export function WriteComment({ thread, tools, autoFocus }: WriteCommentProps) {
  const threadId = thread.id;
  const me = useWorkspace().data?.me.id;
  const { data } = useSharing(threadId);
  const people = useMemo(() => data?.people.filter(({ id, may }) => may !== null && id !== me), [data, me]);
  const draft = useDraft(`comment-${threadId}`);
  const typing = useTyping(threadId);
  const comment = useMutation(useTRPC().threads.comment.mutationOptions());
  return (
    <CommentBox
      people={people}
      onSend={async (text, mentioned) => {
        const mentions = mentioned.flatMap(({ id }) => (id === undefined ? [] : [id]));
        await comment.mutateAsync({ threadId, text, mentions });
        return true;
      }}
      error={messageOf(comment.error)}
      initialText={draft.initialText}
      onTextChange={(text) => {
        draft.keep(text);
        typing(text);
      }}
      autoFocus={autoFocus}
      tools={tools}
    />
  );
}
