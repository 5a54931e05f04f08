import { ThreadScreen } from "../../../../features/threads/thread-screen.tsx";
import { EnterWorkspace } from "../../../../features/workspaces/enter-workspace.tsx";
import { otherWorkspaceOf, requireSession } from "../../../require-session.ts";

type Props = {
  params: Promise<{ threadId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function ThreadPage({ params, searchParams }: Props) {
  const { threadId } = await params;
  await requireSession(`/threads/${threadId}`, searchParams);
  const elsewhere = await otherWorkspaceOf({ threadId });
  if (elsewhere) return <EnterWorkspace workspaceId={elsewhere} />;
  return <ThreadScreen key={threadId} threadId={threadId} />;
}
