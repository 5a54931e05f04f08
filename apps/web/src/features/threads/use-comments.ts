import type { ThreadView } from "@heddle/db/threads.schema";
import { useMutation } from "@tanstack/react-query";
import { useCallback } from "react";
import { messageOf } from "../shell/failure.ts";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";
import { canOn, useCanIn, useWorkspace } from "../shell/use-workspace.ts";

/** What a reader of a conversation may do with its comments. */
export function useComments(thread: ThreadView) {
  const threadId = thread.id;
  const { mutate } = useMutation(
    useTRPC().threads.removeComment.mutationOptions({
      onError: (error) => void notify("The comment was not deleted", { description: messageOf(error) ?? undefined }),
    }),
  );
  const removesAll = useCanIn(thread.projectId, "project.manage") ?? false;
  const onRemove = useCallback((itemId: string) => mutate({ threadId, itemId }), [mutate, threadId]);
  return {
    me: useWorkspace().data?.me.id,
    onRemoveComment: canOn(thread, "thread.comment") ? onRemove : undefined,
    removesAll,
  };
}
