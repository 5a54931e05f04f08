import { z } from "zod";

const schema = z.object({ HEDDLE_DEMO_PORT: z.coerce.number().int().min(0).max(65_535) });

/** The port to listen on: the first argument, else `HEDDLE_DEMO_PORT`. Throws an error that names what is wrong. */
export function readPort(): number {
  const parsed = schema.safeParse({ HEDDLE_DEMO_PORT: process.argv[2] ?? process.env.HEDDLE_DEMO_PORT });
  if (!parsed.success) throw new Error("HEDDLE_DEMO_PORT must be a port number from 0 to 65535.");
  return parsed.data.HEDDLE_DEMO_PORT;
}
