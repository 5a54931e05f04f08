"use client";
import { Button } from "@heddle/ui/button";
import { IconButton } from "@heddle/ui/icon-button";
import { lazyPart } from "@heddle/ui/lazy-part";
import { type LinkProps, LinkProvider } from "@heddle/ui/link";
import { SidebarNav } from "@heddle/ui/sidebar-nav";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useModKey } from "@heddle/ui/use-mod-key";
import { Command, Inbox, PanelLeftClose, Search, Settings, SquarePen } from "lucide-react";
import { usePathname } from "next/navigation";
import { createContext, Suspense, useContext } from "react";
import { useInboxCount } from "../inbox/use-inbox.ts";
import { ListHeader } from "../sidebar/list-header.tsx";
import { ThreadsNav } from "../sidebar/threads-nav.tsx";
import { AppLink } from "./app-link.tsx";
import { useShell } from "./shell-context.ts";
import { useWorkspace } from "./use-workspace.ts";
import { Wordmark } from "./wordmark.tsx";

const AccountBar = lazyPart(() => import("./account-bar.tsx").then((module) => module.AccountBar));
const WorkspaceSwitcher = lazyPart(() =>
  import("../workspaces/workspace-switcher.tsx").then((module) => module.WorkspaceSwitcher),
);

/** @param props.onNavigate after a click on any link, even one to where the reader is */
export function Sidebar({ onNavigate }: { onNavigate: () => void }) {
  const path = usePathname();
  const { toggleSidebar, openPalette } = useShell();
  const mod = useModKey();
  const workspace = useWorkspace();
  const waiting = useInboxCount();
  const wordmark = <Wordmark className="flex-1 px-2" />;
  const who = <SkeletonRows rows={1} label="Loading who is signed in" className="flex-1 px-2" />;

  return (
    <NavigateContext value={onNavigate}>
      <LinkProvider component={SidebarLink}>
        <header className="flex h-11 shrink-0 items-center gap-1 px-2">
          <Suspense fallback={wordmark}>{workspace.data ? <WorkspaceSwitcher /> : wordmark}</Suspense>
          <IconButton icon={Command} label="Search and commands" keys={[mod, "K"]} onClick={openPalette} />
          <IconButton
            icon={PanelLeftClose}
            label="Hide the sidebar"
            keys={["["]}
            onClick={toggleSidebar}
            className="max-frame:hidden"
          />
        </header>
        <SidebarNav
          label="Main"
          entries={[
            { href: "/", label: "New thread", icon: SquarePen, active: path === "/" },
            { href: "/inbox", label: "Inbox", icon: Inbox, active: path === "/inbox", count: waiting },
            { href: "/search", label: "Search", icon: Search, active: path === "/search" },
            { href: "/settings/appearance", label: "Settings", icon: Settings, active: path.startsWith("/settings") },
          ]}
        />
        <ListHeader />
        <ThreadsNav />
        <footer className="flex h-12 shrink-0 items-center gap-1 border-line border-t px-2">
          {workspace.isError ? (
            <Button size="sm" variant="ghost" onClick={() => workspace.refetch()}>
              Not loaded. Try again
            </Button>
          ) : (
            <Suspense fallback={who}>{workspace.data ? <AccountBar workspace={workspace.data} /> : who}</Suspense>
          )}
        </footer>
      </LinkProvider>
    </NavigateContext>
  );
}

const NavigateContext = createContext(() => {});

function SidebarLink(props: LinkProps) {
  return <AppLink {...props} onClick={useContext(NavigateContext)} />;
}
