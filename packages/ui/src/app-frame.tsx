"use client";
import { FileDiff, ListTree, type LucideIcon, MessageSquareText } from "lucide-react";
import { type CSSProperties, type ReactNode, useState } from "react";
import { cn } from "./cn.ts";
import { ColumnResizer } from "./column-resizer.tsx";

/** Widths in CSS pixels. */
export type FrameSizes = { sidebar: number; work: number };
export type FrameView = "sidebar" | "main" | "work";

export const DEFAULT_SIZES: FrameSizes = { sidebar: 288, work: 560 };
const LIMITS = { sidebar: { min: 220, max: 480 }, work: { min: 320, max: 1200 } };

export type AppFrameProps = {
  /** Names the page for screen readers (its h1): the thread's title. */
  title: string;
  sidebar: ReactNode;
  main: ReactNode;
  /** Without it the frame has two columns. */
  work?: ReactNode;
  sizes?: FrameSizes;
  /** After a resize, never while dragging: remember them here. */
  onSizesChange?: (sizes: FrameSizes) => void;
  sidebarOpen?: boolean;
  workOpen?: boolean;
  /** The column that a phone shows. */
  view: FrameView;
  onViewChange: (view: FrameView) => void;
  /** A mark on a phone's tab, e.g. the number of changed files. */
  viewNotes?: Partial<Record<FrameView, string>>;
  /** What a phone's tab calls the main column. */
  mainLabel?: string;
};

const TABS: { view: FrameView; label: string; icon: LucideIcon }[] = [
  { view: "sidebar", label: "Threads", icon: ListTree },
  { view: "main", label: "Conversation", icon: MessageSquareText },
  { view: "work", label: "Changes", icon: FileDiff },
];

/** Sidebar · main · work, resized by drag or arrow keys; below 900 px one column and a bottom bar. */
export function AppFrame(props: AppFrameProps) {
  const { sidebar, main, work, onSizesChange, sidebarOpen = true, workOpen = true, view, onViewChange } = props;
  const [dragged, setDragged] = useState<FrameSizes | null>(null);
  const sizes = dragged ?? props.sizes ?? DEFAULT_SIZES;
  const shown = work === undefined && view === "work" ? "main" : view;

  function resizer(column: "sidebar" | "work", label: string) {
    return (
      <ColumnResizer
        label={label}
        size={sizes[column]}
        {...LIMITS[column]}
        grows={column === "sidebar" ? "right" : "left"}
        onResize={(size) => setDragged({ ...sizes, [column]: size })}
        onResizeEnd={(size) => onSizesChange?.({ ...sizes, [column]: size })}
        onReset={() => {
          setDragged({ ...sizes, [column]: DEFAULT_SIZES[column] });
          onSizesChange?.({ ...sizes, [column]: DEFAULT_SIZES[column] });
        }}
      />
    );
  }

  return (
    <div
      className="relative flex h-dvh flex-col overflow-hidden bg-canvas"
      style={{ "--sidebar": `${sizes.sidebar}px`, "--work": `${sizes.work}px` } as CSSProperties}
    >
      <main className="flex min-h-0 flex-1">
        <h1 className="sr-only">{props.title}</h1>
        <section
          aria-label="Projects and threads"
          data-sidebar=""
          className={cn(
            "relative flex min-h-0 min-w-0 flex-col frame:w-(--sidebar) frame:shrink-0 max-frame:flex-1",
            shown !== "sidebar" && "max-frame:hidden",
            !sidebarOpen && "frame:hidden",
          )}
        >
          {sidebar}
          {resizer("sidebar", "Width of the sidebar")}
        </section>
        <section
          aria-label="Conversation"
          className={cn(
            "flex min-h-0 min-w-0 flex-1 flex-col bg-surface frame:min-w-80",
            shown !== "main" && "max-frame:hidden",
          )}
        >
          {main}
        </section>
        {work !== undefined && (
          <section
            aria-label="Work"
            className={cn(
              "relative flex min-h-0 min-w-0 flex-col bg-surface frame:w-(--work) frame:min-w-80 max-frame:flex-1",
              shown !== "work" && "max-frame:hidden",
              !workOpen && "frame:hidden",
            )}
          >
            {work}
            {resizer("work", "Width of the work column")}
          </section>
        )}
      </main>
      <nav
        aria-label="Columns"
        className="flex shrink-0 border-line border-t bg-canvas pb-[env(safe-area-inset-bottom)] frame:hidden"
      >
        {TABS.filter((tab) => tab.view !== "work" || work !== undefined).map(({ view: target, label, icon: Icon }) => (
          <button
            key={target}
            type="button"
            aria-current={shown === target ? "page" : undefined}
            onClick={() => onViewChange(target)}
            className="flex h-13 flex-1 flex-col items-center justify-center gap-0.5 text-2xs text-muted aria-[current]:font-medium aria-[current]:text-accent-text"
          >
            <Icon className="size-4.5" aria-hidden />
            <span>
              {target === "main" ? (props.mainLabel ?? label) : label}
              {props.viewNotes?.[target] && <span className="ml-1">{props.viewNotes[target]}</span>}
            </span>
          </button>
        ))}
      </nav>
    </div>
  );
}
