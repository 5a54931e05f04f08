import type { LucideIcon } from "lucide-react";
import {
  FolderPlus,
  Keyboard,
  LogOut,
  Moon,
  PanelLeft,
  PanelRight,
  SquarePen,
  Sun,
  SunMoon,
  UserPlus,
} from "lucide-react";
import { useParams } from "next/navigation";
import { leave } from "../session/leave.ts";
import { useShell } from "../shell/shell-context.ts";
import { useTheme } from "../shell/theme-provider.tsx";
import { useGo } from "../shell/use-go.ts";
import { useCan } from "../shell/use-workspace.ts";

export type Action = { label: string; icon: LucideIcon; keys?: string[]; run: () => void };

/** What can be done from anywhere, as far as the role allows it. */
export function useActions(): Action[] {
  const go = useGo();
  const shell = useShell();
  const [theme, setTheme] = useTheme();
  const { threadId } = useParams<{ threadId?: string }>();
  const canStart = useCan("thread.create");
  const canAdd = useCan("project.create");
  const canInvite = useCan("member.invite");
  const themes: Action[] = [
    { label: "Theme: light", icon: Sun, run: () => setTheme("light") },
    { label: "Theme: dark", icon: Moon, run: () => setTheme("dark") },
    { label: "Theme: like the system", icon: SunMoon, run: () => setTheme("system") },
  ];
  return [
    ...when(canStart, { label: "New thread", icon: SquarePen, keys: ["g", "h"], run: () => go("/") }),
    ...when(canAdd, { label: "Add a project", icon: FolderPlus, run: shell.addProject }),
    ...when(canInvite, { label: "Invite people", icon: UserPlus, run: () => go("/settings/members") }),
    {
      label: shell.sidebarOpen ? "Hide the sidebar" : "Show the sidebar",
      icon: PanelLeft,
      keys: ["["],
      run: shell.toggleSidebar,
    },
    ...when(threadId !== undefined, {
      label: shell.workOpen ? "Hide changes and details" : "Show changes and details",
      icon: PanelRight,
      keys: ["]"],
      run: shell.toggleWork,
    }),
    { label: "Keyboard shortcuts", icon: Keyboard, keys: ["?"], run: shell.showHelp },
    ...themes.filter((_, index) => theme !== (["light", "dark", "system"] as const)[index]),
    { label: "Sign out", icon: LogOut, run: () => leave("/sign-in") },
  ];
}

function when(possible: boolean, action: Action): Action[] {
  return possible ? [action] : [];
}
