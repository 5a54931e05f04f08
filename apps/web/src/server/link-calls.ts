import { setTimeout as sleep } from "node:timers/promises";
import { hashLinkSecret } from "@heddle/db/link-secret";
import type { Context } from "./trpc.ts";

/** As for a sign-in: what is refused for one reason or another takes the same time. */
const refusalMs = 300;

/**
 * A call by somebody of whom nothing is known but the link: counted per machine and link, so that neither links nor
 * addresses can be tried out.
 * @param purpose what is done with the link; counted apart, for looking at it must not clear other attempts
 * @throws RATE_LIMITED
 */
export async function callByLink<T>(
  { runtime, ip }: Pick<Context, "runtime" | "ip">,
  purpose: "look" | "use",
  token: string,
  call: () => Promise<T>,
): Promise<T> {
  // Counters are rows: the link's secret is not to be read in them.
  const key = `${purpose} ${hashLinkSecret(token)}`;
  await runtime.limits.links.attempt(key, ip);
  const earliest = sleep(refusalMs);
  const answer = await call().catch(async (error: unknown) => {
    await earliest;
    throw error;
  });
  await runtime.limits.links.succeeded(key, ip);
  return answer;
}
