import { z } from "zod";

export const createProjectInput = z.object({
  name: z.string().trim().min(1, "Give the project a name.").max(100),
  source: z.object({ path: z.string().trim().min(1, "Write the folder of the repository.").max(4_096) }),
  setupScript: z.string().max(100_000).optional(),
});
export type CreateProjectInput = z.output<typeof createProjectInput>;

export const projectView = z.object({
  id: z.string(),
  name: z.string(),
  source: z.object({ path: z.string() }),
  status: z.enum(["cloning", "ready", "failed"]),
  reason: z.string().nullable(),
  defaultBranch: z.string().nullable(),
  visibility: z.enum(["workspace", "restricted"]),
  fetchedAt: z.date().nullable(),
  createdAt: z.date(),
});
export type ProjectView = z.infer<typeof projectView>;
