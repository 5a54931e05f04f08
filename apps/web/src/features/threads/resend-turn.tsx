"use client";
import type { TurnView } from "@heddle/db/threads.schema";
import { ModelPicker } from "@heddle/ui/model-picker";
import { ResendDialog } from "@heddle/ui/resend-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { messageOf } from "../shell/failure.ts";
import { composerAfterButton } from "../shell/keys.ts";
import { useTRPC } from "../shell/trpc.ts";
import { useModels } from "./use-models.ts";
import { resendable } from "./use-turns.ts";

export type ResendTurnProps = { threadId: string; turn: TurnView; turns: readonly TurnView[]; onClose: () => void };

/** Edits the prompt of a turn and sends it in place of that turn and all after it. */
export function ResendTurn({ threadId, turn, turns, onClose }: ResendTurnProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { models, model, choose } = useModels(turn.model);
  const replaced = resendable(turns).filter(({ number }) => number >= turn.number);
  /** The pencil goes with the turn that was replaced. */
  const returnFocus = useRef<HTMLElement | null>(null);
  const resend = useMutation(
    trpc.threads.resend.mutationOptions({
      async onSuccess() {
        await queryClient.invalidateQueries({ queryKey: trpc.threads.turns.queryKey({ threadId }) });
        returnFocus.current = composerAfterButton();
        onClose();
      },
    }),
  );
  return (
    <ResendDialog
      open
      onOpenChange={onClose}
      returnFocus={returnFocus}
      prompt={turn.prompt}
      replaces={replaced.length}
      filesChanged={replaced.some(({ changed }) => changed)}
      tools={<ModelPicker models={models} value={model} onValueChange={choose} disabled={resend.isPending} />}
      onResend={(input) => resend.mutate({ threadId, turnId: turn.id, model, ...input })}
      pending={resend.isPending}
      error={messageOf(resend.error)}
    />
  );
}
