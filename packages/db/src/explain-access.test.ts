import { expect, test } from "vitest";
import { explainAccess } from "./explain-access.ts";
import type { ProjectRole, WorkspaceRole } from "./permissions.ts";

const open = (role: ProjectRole | null = null) => ({ restricted: false, role });
const restricted = (role: ProjectRole | null = null) => ({ restricted: true, role });

test.each<[WorkspaceRole, ReturnType<typeof open>, string, string]>([
  ["owner", open(), "manage", "workspaceRole"],
  ["admin", restricted(), "manage", "everyProject"],
  ["auditor", restricted(), "read", "everyProject"],
  ["member", open(), "work", "workspaceRole"],
  ["member", open("viewer"), "work", "workspaceRole"],
  ["member", open("maintainer"), "manage", "raised"],
  ["member", restricted(), "none", "notNamed"],
  ["member", restricted("contributor"), "work", "projectRole"],
  ["member", restricted("reviewer"), "comment", "projectRole"],
  ["member", restricted("maintainer"), "manage", "raised"],
  ["viewer", open(), "read", "workspaceRole"],
  ["viewer", restricted("maintainer"), "read", "projectRole"],
  ["viewer", restricted(), "none", "notNamed"],
])("a %s in %o may %s, by %s", (role, standing, level, reason) => {
  expect(explainAccess(role, standing)).toEqual({ level, reason });
});
