import { notFound } from "next/navigation";
import { isSection } from "../../../../features/settings/sections.ts";
import { SettingsScreen } from "../../../../features/settings/settings-screen.tsx";
import { requireSession } from "../../../require-session.ts";

type Props = { params: Promise<{ section: string }> };

export default async function SettingsSectionPage({ params }: Props) {
  const { section } = await params;
  await requireSession(`/settings/${section}`);
  if (!isSection(section)) notFound();
  return <SettingsScreen section={section} />;
}
