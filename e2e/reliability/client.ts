import { setTimeout as sleep } from "node:timers/promises";
import { owner } from "../stack.ts";

const pauseMs = 150;
const patienceMs = 600_000;

/**
 * A client of the public API as a careful program writes it: what gets no answer, or one that says "later", is asked
 * again, writes under the same Idempotency-Key.
 */
export type Client = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown, key: string): Promise<T>;
  /** One request, answered or not. */
  open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
};

export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const later = new Set(["IDEMPOTENCY_RUNNING", "UNAVAILABLE", "INTERNAL"]);

export function createClient(url: string): Client {
  const headers = { authorization: `Bearer ${owner.token}`, "content-type": "application/json" };
  const address = (path: string) => `${url}/api/v1${path}`;

  async function ask<T>(path: string, init: RequestInit): Promise<T> {
    const giveUpAt = Date.now() + patienceMs;
    for (;;) {
      const answer = await attempt<T>(address(path), init).catch((error: unknown) => error as Error);
      if (!(answer instanceof Error)) return answer;
      const refused = answer instanceof Refused && !later.has(answer.code);
      if (refused || Date.now() > giveUpAt) throw answer;
      await sleep(pauseMs);
    }
  }

  return {
    get: (path) => ask(path, { headers }),
    post: (path, body, key) =>
      ask(path, { method: "POST", headers: { ...headers, "idempotency-key": key }, body: JSON.stringify(body) }),
    open: (path, extra, signal) => fetch(address(path), { headers: { ...headers, ...extra }, signal }),
  };
}

async function attempt<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  const body = await response.json();
  if (response.ok) return body as T;
  const path = new URL(url).pathname;
  throw new Refused(body.code ?? "INTERNAL", `${init.method ?? "GET"} ${path}: ${response.status} ${body.message}`);
}
