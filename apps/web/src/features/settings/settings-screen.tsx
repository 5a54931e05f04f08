"use client";
import { SidebarNav } from "@heddle/ui/sidebar-nav";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Activity, Bell, Boxes, Building2, KeyRound, Palette, ScrollText, UserRound, Users } from "lucide-react";
import type { ReactNode } from "react";
import { AccountSection } from "../account/account-section.tsx";
import { AuditSection } from "../audit/audit-section.tsx";
import { MembersSection } from "../members/members-section.tsx";
import { NotificationsSection } from "../notifications/notifications-section.tsx";
import { ProvidersSection } from "../providers/providers-section.tsx";
import { FailureState, NoPermission } from "../shell/failure-state.tsx";
import { Screen } from "../shell/screen.tsx";
import { useWorkspace } from "../shell/use-workspace.ts";
import { StatusSection } from "../status/status-section.tsx";
import { TokensSection } from "../tokens/tokens-section.tsx";
import { WorkspaceSection } from "../workspaces/workspace-section.tsx";
import { AppearanceSection } from "./appearance-section.tsx";
import { type Section, sections } from "./sections.ts";

const icons = {
  account: UserRound,
  appearance: Palette,
  notifications: Bell,
  workspace: Building2,
  members: Users,
  providers: Boxes,
  tokens: KeyRound,
  status: Activity,
  audit: ScrollText,
};
const contents: Record<Section, () => ReactNode> = {
  account: AccountSection,
  appearance: AppearanceSection,
  notifications: NotificationsSection,
  workspace: WorkspaceSection,
  members: MembersSection,
  providers: ProvidersSection,
  tokens: TokensSection,
  status: StatusSection,
  audit: AuditSection,
};

/** One page of the settings. What the role may not see is not listed, and says so when its address is opened. */
export function SettingsScreen({ section }: { section: Section }) {
  const { data: workspace, error, isError, refetch } = useWorkspace();
  const mayOpen = (name: Section) => {
    const entry = sections[name];
    return !("permission" in entry) || workspace?.permissions.includes(entry.permission);
  };
  const Content = contents[section];
  const names = (Object.keys(sections) as Section[]).filter(mayOpen);
  return (
    <Screen title={sections[section].label} heading="Settings">
      <div className="flex min-h-0 flex-1 overflow-y-auto max-frame:flex-col">
        <div className="shrink-0 py-4 max-frame:py-1 frame:w-56 frame:pl-2 max-frame:border-line max-frame:border-b">
          <SidebarNav
            label="Settings"
            wraps
            entries={names.map((name) => ({
              href: `/settings/${name}`,
              label: sections[name].label,
              icon: icons[name],
              active: name === section,
            }))}
          />
        </div>
        <div className="min-w-0 flex-1 px-4 pt-5 pb-12 frame:px-8">
          {isError ? (
            <FailureState title="The settings could not be loaded" error={error} onRetry={refetch} />
          ) : !workspace ? (
            <SkeletonRows rows={8} label="Loading the settings" />
          ) : mayOpen(section) ? (
            <Content />
          ) : (
            <NoPermission>{`This page is not for the role ${workspace.role}.`}</NoPermission>
          )}
        </div>
      </div>
    </Screen>
  );
}
