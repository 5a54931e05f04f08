import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { PublicProviders } from "../../features/shell/providers.tsx";
import { parseTheme, themeCookie } from "../../features/shell/theme.ts";

export default async function PublicLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(themeCookie)?.value);
  return <PublicProviders theme={theme}>{children}</PublicProviders>;
}
