"use client";
import { HelpSheet } from "@heddle/ui/help-sheet";
import { AddProject } from "../projects/add-project.tsx";
import { shortcutGroups } from "./keys.ts";

/** What can be opened from anywhere; loaded when it first is. */
export function ShellDialogs({ open, onClose }: { open: "help" | "project" | null; onClose: () => void }) {
  return (
    <>
      <HelpSheet open={open === "help"} onOpenChange={onClose} groups={shortcutGroups} />
      <AddProject open={open === "project"} onClose={onClose} />
    </>
  );
}
