"use client";
import { Button } from "@heddle/ui/button";
import { Download } from "lucide-react";
import { SettingsSection } from "../settings/section.tsx";
import { useCan, useWorkspace } from "../shell/use-workspace.ts";
import { DeleteWorkspace } from "./delete-workspace.tsx";
import { LeaveWorkspace } from "./leave-workspace.tsx";
import { SettingRow } from "./setting-row.tsx";
import { WorkspaceName } from "./workspace-name.tsx";

/** The workspace itself: its name, what it holds as a file, and the ways out of it. */
export function WorkspaceSection() {
  const { data: workspace } = useWorkspace();
  const mayExport = useCan("workspace.export");
  const mayDelete = useCan("workspace.delete");
  if (!workspace) return null;
  return (
    <SettingsSection title="Workspace" description="Its members, projects and threads are seen by nobody outside it.">
      <div className="flex flex-col gap-8">
        <WorkspaceName workspace={workspace} />
        <div className="divide-y divide-line rounded-lg border border-line">
          {mayExport && (
            <SettingRow
              title="Export"
              text="Projects, threads, members and the audit log as a file. Private threads of others and secrets are not in it."
            >
              <Button asChild>
                <a href={`/api/workspace/export?workspaceId=${workspace.id}`} download>
                  <Download aria-hidden /> Download
                </a>
              </Button>
            </SettingRow>
          )}
          <LeaveWorkspace workspace={workspace} />
          {mayDelete && <DeleteWorkspace workspace={workspace} />}
        </div>
      </div>
    </SettingsSection>
  );
}
