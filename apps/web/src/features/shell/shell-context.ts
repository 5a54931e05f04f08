import { createContext, useContext } from "react";

export type Shell = {
  sidebarOpen: boolean;
  workOpen: boolean;
  toggleSidebar: () => void;
  toggleWork: () => void;
  addProject: () => void;
  showHelp: () => void;
  openPalette: () => void;
};

export const ShellContext = createContext<Shell | null>(null);

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error("AppShell is missing");
  return shell;
}
