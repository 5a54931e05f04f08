"use client";
import type { WorkspaceView } from "@heddle/db/workspaces.schema";
import { ThemeToggle } from "@heddle/ui/theme-toggle";
import { useTheme } from "./theme-provider.tsx";
import { UserMenu } from "./user-menu.tsx";

/** Who is signed in, and how the page looks. */
export function AccountBar({ workspace }: { workspace: WorkspaceView }) {
  const [theme, setTheme] = useTheme();
  return (
    <>
      <UserMenu name={workspace.me.name} role={workspace.role} workspace={workspace.name} />
      <ThemeToggle value={theme} onValueChange={setTheme} />
    </>
  );
}
