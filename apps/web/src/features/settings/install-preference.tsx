"use client";
import { Button } from "@heddle/ui/button";
import { useInstall } from "../shell/install.ts";
import { Preference } from "./preference.tsx";

const hints = {
  installed: "Heddle runs in a window of its own.",
  offered: "Opens in a window of its own, from the dock or the home screen.",
  unknown: "Where the browser offers it: “Install” or “Add to home screen” in its menu.",
};

/** Heddle as an app of this machine. */
export function InstallPreference() {
  const { state, install } = useInstall();
  return (
    <Preference title="Install as an app" hint={hints[state]}>
      {state === "offered" && (
        <Button size="sm" onClick={install}>
          Install
        </Button>
      )}
    </Preference>
  );
}
