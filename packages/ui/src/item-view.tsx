"use client";
import { memo, type ReactNode } from "react";
import { ApprovalDecidedView } from "./approval-item.tsx";
import { CommandItemView } from "./command-item.tsx";
import { CommentItemView } from "./comment-item.tsx";
import { ErrorItemView } from "./error-item.tsx";
import { FileChangeItemView } from "./file-change-item.tsx";
import { AgentMessageView, ReasoningView, UserMessageView } from "./message-items.tsx";
import { NoticeItemView } from "./notice-item.tsx";
import { ToolCallItemView } from "./tool-call-item.tsx";
import type { ApprovalItem, CommandItem, ErrorItem, FileChange, FileChangeItem, Item } from "./types.ts";

export type ItemActions = {
  /** The diff of one file change, shown when its row is opened. */
  renderDiff?: (change: FileChange, item: FileChangeItem) => ReactNode;
  /** Where the whole output of a command can be read; undefined when it is all there. */
  outputHref?: (item: CommandItem) => string | undefined;
  /** Absent when nothing can be tried again. */
  onRetry?: (item: ErrorItem) => void;
  retrying?: boolean;
  /** Opens the editor of a turn's prompt. */
  onEditPrompt?: (turnId: string) => void;
  /** Turns whose prompt may be edited and sent again. */
  editable?: ReadonlySet<string>;
  /** Where a person decides. */
  renderApproval?: (item: ApprovalItem) => ReactNode;
  /** What can be done about a setup script that failed. */
  renderSetupActions?: (item: CommandItem) => ReactNode;
  /** The reader. */
  me?: string;
  /** Absent when this reader takes no comment away. */
  onRemoveComment?: (itemId: string) => void;
  /** Whether also those of others. */
  removesAll?: boolean;
};

export type ItemViewProps = ItemActions & { item: Item; retryable?: boolean };

/** Any item of a conversation. Renders again only when its item or an action changes: keep both stable. */
export const ItemView = memo(function ItemView({ item, retryable, ...actions }: ItemViewProps) {
  const { renderDiff, outputHref, onRetry, retrying, onEditPrompt, editable, renderApproval } = actions;
  const onEdit = onEditPrompt && editable?.has(item.turnId) ? () => onEditPrompt(item.turnId) : undefined;
  switch (item.type) {
    case "userMessage": {
      // A prompt that a running turn took in carries the id of its own.
      const within = !item.id.startsWith(item.turnId);
      return <UserMessageView item={item} steered={within} onEdit={within ? undefined : onEdit} />;
    }
    case "agentMessage":
      return <AgentMessageView item={item} />;
    case "reasoning":
      return <ReasoningView item={item} />;
    case "commandExecution":
      return (
        <CommandItemView item={item} outputHref={outputHref?.(item)} actions={actions.renderSetupActions?.(item)} />
      );
    case "fileChange":
      return <FileChangeItemView item={item} renderDiff={renderDiff} />;
    case "toolCall":
      return <ToolCallItemView item={item} />;
    case "approvalRequest":
      return item.status === "running" && renderApproval ? renderApproval(item) : <ApprovalDecidedView item={item} />;
    case "notice":
      return <NoticeItemView item={item} />;
    case "comment": {
      const { me, onRemoveComment, removesAll } = actions;
      const removable = onRemoveComment && (removesAll || item.author.id === me);
      return <CommentItemView item={item} me={me} onRemove={removable ? () => onRemoveComment(item.id) : undefined} />;
    }
    case "error": {
      const retry = retryable && onRetry ? () => onRetry(item) : undefined;
      return <ErrorItemView item={item} onRetry={retry} onEdit={retryable ? onEdit : undefined} retrying={retrying} />;
    }
  }
});
