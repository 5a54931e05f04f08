import { listAudit, recentAudit, verifyAudit } from "@heddle/db/audit";
import { auditEventView, auditVerdict, listAuditInput } from "@heddle/db/audit.schema";
import { z } from "zod";
import { router, workspaceProcedure } from "../../server/trpc.ts";

const events = z.object({ events: z.array(auditEventView) });

export const auditRouter = router({
  list: workspaceProcedure("audit.read")
    .meta({ openapi: { method: "GET", path: "/audit", summary: "Audit events after a number, oldest first" } })
    .input(listAuditInput)
    .output(events)
    .query(({ ctx, input }) => listAudit(ctx.scope, input)),

  recent: workspaceProcedure("audit.read")
    .meta({ openapi: { method: "GET", path: "/audit/recent", summary: "Audit events before a number, newest first" } })
    .input(
      z.object({
        before: z.coerce.number().int().min(1).optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
    )
    .output(events)
    .query(({ ctx, input }) => recentAudit(ctx.scope, { before: input.before ?? null, limit: input.limit })),

  verify: workspaceProcedure("audit.read")
    .meta({ openapi: { method: "GET", path: "/audit/verify", summary: "Recomputes the hash chain" } })
    .output(auditVerdict)
    .query(({ ctx }) => verifyAudit(ctx.scope)),
});
