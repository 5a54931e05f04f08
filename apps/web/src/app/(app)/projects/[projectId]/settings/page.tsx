import { ProjectSettings } from "../../../../../features/projects/project-settings.tsx";
import { requireSession } from "../../../../require-session.ts";

type Props = { params: Promise<{ projectId: string }> };

export default async function ProjectSettingsPage({ params }: Props) {
  const { projectId } = await params;
  await requireSession(`/projects/${projectId}/settings`);
  return <ProjectSettings key={projectId} projectId={projectId} />;
}
