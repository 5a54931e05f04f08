export type Browser = {
  /** A procedure's answer, or the code of its refusal. */
  query(procedure: string, input?: unknown): Promise<unknown>;
  mutate(procedure: string, input?: unknown): Promise<unknown>;
  /** @returns whether the address and the password were right */
  signIn(email: string, password: string): Promise<boolean>;
};

/** Calls of one browser, with its cookies, on the server of a test stack. */
export function openBrowser(base: string): Browser {
  const cookies = new Map<string, string>();

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { cookie, origin: base, ...init.headers };
    const response = await fetch(`${base}${path}`, { redirect: "manual", ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return response;
  }

  async function answer(response: Response): Promise<unknown> {
    const body = (await response.json()) as {
      result?: { data: { json: unknown } };
      error?: { json: { data: { code: string } } };
    };
    return body.result ? body.result.data.json : body.error?.json.data.code;
  }

  return {
    async query(procedure, input) {
      const json = encodeURIComponent(JSON.stringify({ json: input }));
      return answer(await ask(`/api/trpc/${procedure}?input=${json}`));
    },
    async mutate(procedure, input) {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ json: input });
      return answer(await ask(`/api/trpc/${procedure}`, { method: "POST", headers, body }));
    },
    async signIn(email, password) {
      const { csrfToken } = (await (await ask("/api/auth/csrf")).json()) as { csrfToken: string };
      const body = new URLSearchParams({ email, password, csrfToken, callbackUrl: "/", json: "true" });
      return (await ask("/api/auth/callback/credentials", { method: "POST", body })).status === 200;
    },
  };
}
