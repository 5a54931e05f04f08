import { ProjectScreen } from "../../../../features/projects/project-screen.tsx";
import { EnterWorkspace } from "../../../../features/workspaces/enter-workspace.tsx";
import { otherWorkspaceOf, requireSession } from "../../../require-session.ts";

type Props = { params: Promise<{ projectId: string }> };

export default async function ProjectPage({ params }: Props) {
  const { projectId } = await params;
  await requireSession(`/projects/${projectId}`);
  const elsewhere = await otherWorkspaceOf({ projectId });
  if (elsewhere) return <EnterWorkspace workspaceId={elsewhere} />;
  return <ProjectScreen key={projectId} projectId={projectId} />;
}
