"use client";
import { AppFrame, type FrameSizes, type FrameView } from "@heddle/ui/app-frame";
import { lazyPart } from "@heddle/ui/lazy-part";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useShortcuts } from "@heddle/ui/use-shortcuts";
import { useStored } from "@heddle/ui/use-stored";
import { useParams, usePathname } from "next/navigation";
import { type ReactNode, Suspense, useEffect, useState } from "react";
import { useThread } from "../threads/use-thread.ts";
import { useThreadAddress } from "../threads/use-thread-address.ts";
import { setPreference } from "./cookies.ts";
import { isGone } from "./failure.ts";
import { frameCookie } from "./frame-sizes.ts";
import { keepInstallOffer, registerOfflinePage } from "./install.ts";
import { focusComposer, focusThreads } from "./keys.ts";
import { placeShortcuts } from "./places.ts";
import { type Shell, ShellContext } from "./shell-context.ts";
import { Sidebar } from "./sidebar.tsx";
import { useGo } from "./use-go.ts";
import { useHydrated } from "./use-hydrated.ts";

const ThreadWork = lazyPart(() => import("../threads/thread-work.tsx").then((module) => module.ThreadWork));
const ShellDialogs = lazyPart(() => import("./shell-dialogs.tsx").then((module) => module.ShellDialogs));
/** Once the page itself has its scripts. */
const dialogsAfterMs = 1_500;
const loadingWork = <SkeletonRows rows={12} label="Loading the changes" className="p-4 pt-14" />;

/** The columns around every page, and what can be opened from anywhere. */
export function AppShell({ sizes, children }: { sizes: FrameSizes | undefined; children: ReactNode }) {
  const go = useGo();
  const path = usePathname();
  const { threadId } = useParams<{ threadId?: string }>();
  const { tab, show } = useThreadAddress();
  const [sidebarOpen, setSidebarOpen] = useStored("heddle-sidebar-open", true);
  const [workKept, setWorkKept] = useStored("heddle-work-open", true);
  const [threadsShownAt, setThreadsShownAt] = useState<string | null>(null);
  const [dialog, setDialog] = useState<"help" | "project" | "palette" | null>();
  const { data: thread, error } = useThread(threadId);
  const hydrated = useHydrated();
  const workOpen = workKept || tab !== null;

  useEffect(() => {
    keepInstallOffer();
    registerOfflinePage();
    // So that nothing is lost of what is typed right after ⌘K.
    const timer = setTimeout(() => void import("./shell-dialogs.tsx").catch(() => undefined), dialogsAfterMs);
    return () => clearTimeout(timer);
  }, []);

  const shell: Shell = {
    sidebarOpen,
    workOpen,
    toggleSidebar: () => setSidebarOpen(!sidebarOpen),
    toggleWork() {
      setWorkKept(!workOpen);
      show({ tab: workOpen ? null : "changes" });
    },
    addProject: () => setDialog("project"),
    showHelp: () => setDialog("help"),
    openPalette: () => setDialog("palette"),
  };

  useShortcuts({
    "mod+k": () => document.querySelector("[role=dialog], [role=alertdialog]") || shell.openPalette(),
    "?": shell.showHelp,
    ...placeShortcuts(go),
    "g t": focusThreads,
    "g p": () => thread && go(`/projects/${thread.projectId}`),
    "g d": () => threadId && show({ tab: "changes" }),
    "g c": focusComposer,
    "[": shell.toggleSidebar,
    "]": shell.toggleWork,
  });

  function showColumn(view: FrameView) {
    setThreadsShownAt(view === "sidebar" ? path : null);
    if (view !== "sidebar" && threadId) show({ tab: view === "work" ? "changes" : null });
  }

  return (
    <ShellContext value={shell}>
      <AppFrame
        title={thread?.title ?? "Heddle"}
        sidebar={<Sidebar onNavigate={() => setThreadsShownAt(null)} />}
        main={children}
        work={
          threadId && !(error && (!thread || isGone(error))) ? (
            <Suspense fallback={loadingWork}>
              {hydrated ? <ThreadWork key={threadId} threadId={threadId} /> : loadingWork}
            </Suspense>
          ) : undefined
        }
        sizes={sizes}
        onSizesChange={({ sidebar, work }) => setPreference(frameCookie, `${sidebar}.${work}`)}
        sidebarOpen={sidebarOpen}
        workOpen={workOpen}
        view={threadsShownAt === path ? "sidebar" : tab !== null ? "work" : "main"}
        onViewChange={showColumn}
        mainLabel={threadId ? "Conversation" : pageLabel(path)}
        viewNotes={{ work: thread?.filesModified ? String(thread.filesModified) : undefined }}
      />
      <Suspense>{dialog !== undefined && <ShellDialogs open={dialog} onClose={() => setDialog(null)} />}</Suspense>
    </ShellContext>
  );
}

function pageLabel(path: string): string {
  if (path.startsWith("/settings")) return "Settings";
  if (path === "/inbox") return "Inbox";
  if (path === "/search") return "Search";
  return path.startsWith("/projects") ? "Project" : "New thread";
}
