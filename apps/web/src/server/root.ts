import { accountRouter } from "../features/account/router.ts";
import { auditRouter } from "../features/audit/router.ts";
import { inboxRouter } from "../features/inbox/router.ts";
import { invitationsRouter } from "../features/invitations/router.ts";
import { membersRouter } from "../features/members/router.ts";
import { notificationsRouter } from "../features/notifications/router.ts";
import { projectMembersRouter } from "../features/project-members/router.ts";
import { projectsRouter } from "../features/projects/router.ts";
import { providersRouter } from "../features/providers/router.ts";
import { searchRouter } from "../features/search/router.ts";
import { sharingRouter } from "../features/sharing/router.ts";
import { sidebarRouter } from "../features/sidebar/router.ts";
import { statusRouter } from "../features/status/router.ts";
import { threadsRouter } from "../features/threads/router.ts";
import { tokensRouter } from "../features/tokens/router.ts";
import { workspacesRouter } from "../features/workspaces/router.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  account: accountRouter,
  audit: auditRouter,
  inbox: inboxRouter,
  invitations: invitationsRouter,
  members: membersRouter,
  notifications: notificationsRouter,
  projectMembers: projectMembersRouter,
  projects: projectsRouter,
  providers: providersRouter,
  search: searchRouter,
  sidebar: sidebarRouter,
  sharing: sharingRouter,
  status: statusRouter,
  threads: threadsRouter,
  tokens: tokensRouter,
  workspaces: workspacesRouter,
});

export type AppRouter = typeof appRouter;
