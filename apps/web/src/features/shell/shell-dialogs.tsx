"use client";
import { HelpSheet } from "@heddle/ui/help-sheet";
import { Palette } from "../palette/palette.tsx";
import { AddProject } from "../projects/add-project.tsx";
import { shortcutGroups } from "./keys.ts";

type ShellDialogsProps = { open: "help" | "project" | "palette" | null; onClose: () => void };

/** What can be opened from anywhere; loaded when it first is. */
export function ShellDialogs({ open, onClose }: ShellDialogsProps) {
  return (
    <>
      <Palette open={open === "palette"} onClose={onClose} />
      <HelpSheet open={open === "help"} onOpenChange={onClose} groups={shortcutGroups} />
      <AddProject open={open === "project"} onClose={onClose} />
    </>
  );
}
