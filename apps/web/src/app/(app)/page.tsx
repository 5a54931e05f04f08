import { StartScreen } from "../../features/threads/start-screen.tsx";
import { requireSession } from "../require-session.ts";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function StartPage({ searchParams }: Props) {
  await requireSession("/", searchParams);
  return <StartScreen />;
}
