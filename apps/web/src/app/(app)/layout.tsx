import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { AppShell } from "../../features/shell/app-shell.tsx";
import { frameCookie, parseSizes } from "../../features/shell/frame-sizes.ts";
import { Providers } from "../../features/shell/providers.tsx";
import { parseTheme, themeCookie } from "../../features/shell/theme.ts";

export default async function AppLayout({ children }: { children: ReactNode }) {
  const given = await cookies();
  return (
    <Providers theme={parseTheme(given.get(themeCookie)?.value)}>
      <AppShell sizes={parseSizes(given.get(frameCookie)?.value)}>{children}</AppShell>
    </Providers>
  );
}
