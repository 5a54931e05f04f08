import { setPreference } from "../shell/cookies.ts";
import { leave } from "../shell/leaving.ts";
import { workspaceCookie } from "./workspace-cookie.ts";

/** Goes on in another workspace, with a full load: nothing of this one stays in the tab. */
export function enterWorkspace(workspaceId: string): void {
  leave(() => {
    setPreference(workspaceCookie, workspaceId);
    location.assign("/");
  });
}
