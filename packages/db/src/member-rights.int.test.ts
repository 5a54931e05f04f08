import { expect, test } from "vitest";
import { newId } from "./ids.ts";
import { createInvitation } from "./invitations.ts";
import { getMemberRights } from "./member-rights.ts";
import { setMemberRole } from "./members.ts";
import type { Permission } from "./permissions.ts";
import { setProjectMember, setProjectVisibility } from "./project-members.ts";
import { projectScope, workspaceScope } from "./scope.ts";
import { joinByInvitation } from "./take-invitation.ts";
import { openTestDatabase } from "./testing/database.ts";
import { makeWorkspace } from "./testing/fixtures.ts";

test("a member's rights are told with who gave them, and with what each project adds or takes", async () => {
  const { db, close } = await openTestDatabase();
  try {
    const { id, projectId, principals } = await makeWorkspace(db);
    const { owner, admin, auditor } = principals;
    const scope = (permission: Permission, by = owner) => workspaceScope(db, by, id, permission);
    const invitation = { role: "member" as const, projects: [], expiresInDays: 1 };
    const { token } = await createInvitation(await scope("member.invite", admin), invitation);
    const email = `${newId()}@example.test`;
    await joinByInvitation(db, { token, email, name: "Ben", password: "long enough" }, { ip: null });
    const { id: userId } = await db.prisma.user.findUniqueOrThrow({ where: { email } });
    const rights = async () => getMemberRights(await scope("member.rights", auditor), { userId });

    expect(await rights()).toMatchObject({
      role: "member",
      given: { byName: admin.name },
      permissions: expect.not.arrayContaining(["member.invite"]),
      projects: [{ restricted: false, role: null, level: "work", reason: "workspaceRole" }],
    });

    await setMemberRole(await scope("member.manage"), { userId, role: "viewer" });
    const project = await projectScope(db, owner, projectId, "project.manage");
    await setProjectVisibility(project, { visibility: "restricted" });
    expect(await rights()).toMatchObject({
      role: "viewer",
      given: { byName: owner.name },
      projects: [{ restricted: true, level: "none", reason: "notNamed" }],
    });
    await setProjectMember(project, { userId, role: "contributor" });
    expect(await rights()).toMatchObject({ projects: [{ role: "contributor", level: "read", reason: "projectRole" }] });

    const foreign = await makeWorkspace(db);
    const elsewhere = { userId: foreign.principals.member.userId };
    const asked = getMemberRights(await scope("member.rights"), elsewhere);
    await expect(asked).rejects.toMatchObject({ code: "NOT_FOUND" });
  } finally {
    await close();
  }
});
