import type { Database } from "@heddle/db/database";
import { type Principal, workspaceScope } from "@heddle/db/scope";
import type { TestWorkspace } from "@heddle/db/testing/fixtures";
import { createPersonalToken } from "@heddle/db/tokens";

/** A token with which scripts act as this person. */
export async function personalToken(db: Database, workspace: TestWorkspace, principal: Principal) {
  return createPersonalToken(await workspaceScope(db, principal, workspace.id, "token.own"), { name: "test" });
}
