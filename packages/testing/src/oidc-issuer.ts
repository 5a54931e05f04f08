import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type InteractionResults, Provider } from "oidc-provider";

/** What the issuer says about somebody. */
export type IssuedClaims = { email?: string; email_verified?: boolean; name?: string; groups?: string[] };

export type OidcIssuer = {
  /** The issuer, as clients are told. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** By subject. */
  people: Map<string, IssuedClaims>;
  /** The subject that signs in there next; refuses with null. */
  person: string | null;
  /** Where people may be sent back to. */
  allow(redirectUri: string): void;
  close(): Promise<void>;
};

/** A real OpenID provider on 127.0.0.1, which asks nobody anything: whoever comes is `person`. It demands PKCE. */
export async function startOidcIssuer(): Promise<OidcIssuer> {
  let provider: Provider | null = null;
  const listener = createServer((request, response) => {
    if (!provider) return response.writeHead(503).end();
    if (request.url?.startsWith("/interaction/")) return answer(provider, issuer.person, request, response);
    return provider.callback()(request, response);
  });
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  const issuer: OidcIssuer = {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    clientId: "heddle",
    clientSecret: "a secret between the two",
    people: new Map(),
    person: null,
    allow(redirectUri) {
      provider = makeProvider(issuer, redirectUri);
    },
    close: () =>
      new Promise((done) => {
        listener.close(() => done());
        listener.closeAllConnections();
      }),
  };
  return issuer;
}

const ttlSeconds = 600;

function makeProvider({ url, clientId, clientSecret, people }: OidcIssuer, redirectUri: string): Provider {
  return new Provider(url, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    pkce: { required: () => true },
    scopes: ["openid", "email", "profile", "groups"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, ...people.get(sub) }),
    }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    ttl: {
      Interaction: ttlSeconds,
      Session: ttlSeconds,
      Grant: ttlSeconds,
      AccessToken: ttlSeconds,
      IdToken: ttlSeconds,
    },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["a key for tests alone"] },
  });
}

/** Signs `person` in and agrees to what the client asks for. */
async function answer(provider: Provider, person: string | null, request: IncomingMessage, response: ServerResponse) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const finish = (result: InteractionResults) => provider.interactionFinished(request, response, result);
  if (person === null) return finish({ error: "access_denied" });
  if (prompt.name === "login") return finish({ login: { accountId: person } });
  const grant = new provider.Grant({ accountId: session?.accountId ?? person, clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  return finish({ consent: { grantId: await grant.save() } });
}
