import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { NoWorkspace } from "../../features/session/no-workspace.tsx";
import { AppShell } from "../../features/shell/app-shell.tsx";
import { frameCookie, parseSizes } from "../../features/shell/frame-sizes.ts";
import { Providers, PublicProviders } from "../../features/shell/providers.tsx";
import { parseTheme, themeCookie } from "../../features/shell/theme.ts";
import { currentWorkspaceId } from "../require-session.ts";

export default async function AppLayout({ children }: { children: ReactNode }) {
  const given = await cookies();
  const theme = parseTheme(given.get(themeCookie)?.value);
  const workspaceId = await currentWorkspaceId();
  if (workspaceId === null) {
    return (
      <PublicProviders theme={theme}>
        <NoWorkspace />
      </PublicProviders>
    );
  }
  return (
    <Providers theme={theme} workspaceId={workspaceId}>
      <AppShell sizes={parseSizes(given.get(frameCookie)?.value)}>{children}</AppShell>
    </Providers>
  );
}
