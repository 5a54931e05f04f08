"use client";
import { useEffect } from "react";
import { setPreference } from "../shell/cookies.ts";
import { workspaceCookie } from "./workspace-cookie.ts";

/** In place of a page that a link into another workspace leads to: loads it anew, in that one. */
export function EnterWorkspace({ workspaceId }: { workspaceId: string }) {
  useEffect(() => {
    setPreference(workspaceCookie, workspaceId);
    location.reload();
  }, [workspaceId]);
  return null;
}
