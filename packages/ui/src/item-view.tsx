"use client";
import { memo, type ReactNode } from "react";
import { CommandItemView } from "./command-item.tsx";
import { FileChangeItemView } from "./file-change-item.tsx";
import { AgentMessageView, ErrorItemView, ReasoningView, UserMessageView } from "./message-items.tsx";
import { ToolCallItemView } from "./tool-call-item.tsx";
import type { CommandItem, ErrorItem, FileChange, FileChangeItem, Item } from "./types.ts";

export type ItemActions = {
  /** The diff of one file change, shown when its row is opened. */
  renderDiff?: (change: FileChange, item: FileChangeItem) => ReactNode;
  /** Where the whole output of a command can be read; undefined when it is all there. */
  outputHref?: (item: CommandItem) => string | undefined;
  /** Absent when nothing can be tried again. */
  onRetry?: (item: ErrorItem) => void;
};

export type ItemViewProps = ItemActions & { item: Item; retryable?: boolean };

/** Any item of a conversation. Renders again only when its item or an action changes: keep both stable. */
export const ItemView = memo(function ItemView({ item, retryable, renderDiff, outputHref, onRetry }: ItemViewProps) {
  switch (item.type) {
    case "userMessage":
      return <UserMessageView item={item} />;
    case "agentMessage":
      return <AgentMessageView item={item} />;
    case "reasoning":
      return <ReasoningView item={item} />;
    case "commandExecution":
      return <CommandItemView item={item} outputHref={outputHref?.(item)} />;
    case "fileChange":
      return <FileChangeItemView item={item} renderDiff={renderDiff} />;
    case "toolCall":
      return <ToolCallItemView item={item} />;
    case "error":
      return <ErrorItemView item={item} onRetry={retryable && onRetry ? () => onRetry(item) : undefined} />;
  }
});
