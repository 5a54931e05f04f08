import { ProjectScreen } from "../../../../features/projects/project-screen.tsx";
import { requireSession } from "../../../require-session.ts";

type Props = { params: Promise<{ projectId: string }> };

export default async function ProjectPage({ params }: Props) {
  const { projectId } = await params;
  await requireSession(`/projects/${projectId}`);
  return <ProjectScreen key={projectId} projectId={projectId} />;
}
