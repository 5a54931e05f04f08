import { z } from "zod";

export const listAuditInput = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
export type ListAuditInput = z.output<typeof listAuditInput>;

export const auditEventView = z.object({
  seq: z.number(),
  at: z.date(),
  actorId: z.string(),
  actorKind: z.string(),
  actorName: z.string(),
  via: z.string(),
  ip: z.string().nullable(),
  action: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
  outcome: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  prevHash: z.string(),
  hash: z.string(),
});

export const auditVerdict = z.object({ ok: z.boolean(), from: z.number(), to: z.number(), head: z.string() });
