"use client";
import { Banner } from "@heddle/ui/banner";
import { IconButton } from "@heddle/ui/icon-button";
import { PageHeader } from "@heddle/ui/page-header";
import { PanelLeftOpen } from "lucide-react";
import type { ReactNode } from "react";
import { useInboxCount } from "../inbox/use-inbox.ts";
import { useLiveStatus } from "../live/live-provider.tsx";
import { useShell } from "./shell-context.ts";

export type ScreenProps = {
  /** Of the document, behind the number of what waits in the inbox, and of the bar unless `heading` is given. */
  title: string;
  heading?: ReactNode;
  meta?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
};

/** A page of the main column: document title, bar, the notice of a lost connection, content. */
export function Screen({ title, heading, meta, actions, children }: ScreenProps) {
  const { sidebarOpen, toggleSidebar } = useShell();
  const waiting = useInboxCount();
  const offline = useLiveStatus() === "lost";
  return (
    <>
      <title>{`${waiting > 0 ? `(${waiting}) ` : ""}${title} · Heddle`}</title>
      <PageHeader
        as="h2"
        title={heading ?? title}
        meta={meta}
        actions={actions}
        leading={
          !sidebarOpen && (
            <IconButton
              icon={PanelLeftOpen}
              label="Show the sidebar"
              keys={["["]}
              onClick={toggleSidebar}
              className="max-frame:hidden"
            />
          )
        }
      />
      {offline && (
        <Banner tone="warn" className="animate-late rounded-none border-line border-b">
          No connection to Heddle. What you see may be out of date; it is brought up to date once the connection is
          back.
        </Banner>
      )}
      {children}
    </>
  );
}
