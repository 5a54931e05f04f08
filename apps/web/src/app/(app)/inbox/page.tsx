import { InboxScreen } from "../../../features/inbox/inbox-screen.tsx";
import { requireSession } from "../../require-session.ts";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function InboxPage({ searchParams }: Props) {
  await requireSession("/inbox", searchParams);
  return <InboxScreen />;
}
