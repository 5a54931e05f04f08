import { SearchScreen } from "../../../features/search/search-screen.tsx";
import { requireSession } from "../../require-session.ts";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SearchPage({ searchParams }: Props) {
  await requireSession("/search", searchParams);
  return <SearchScreen />;
}
