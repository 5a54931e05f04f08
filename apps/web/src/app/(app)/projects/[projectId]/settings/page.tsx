import { ProjectSettings } from "../../../../../features/projects/project-settings.tsx";
import { EnterWorkspace } from "../../../../../features/workspaces/enter-workspace.tsx";
import { otherWorkspaceOf, requireSession } from "../../../../require-session.ts";

type Props = { params: Promise<{ projectId: string }> };

export default async function ProjectSettingsPage({ params }: Props) {
  const { projectId } = await params;
  await requireSession(`/projects/${projectId}/settings`);
  const elsewhere = await otherWorkspaceOf({ projectId });
  if (elsewhere) return <EnterWorkspace workspaceId={elsewhere} />;
  return <ProjectSettings key={projectId} projectId={projectId} />;
}
