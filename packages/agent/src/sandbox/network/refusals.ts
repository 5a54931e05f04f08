import type { NetworkDecision, NetworkRefusal } from "../types.ts";

export type Refused = NetworkDecision & { reason: NetworkRefusal };

const usualPorts = [443, 80];

/** A sentence for developers, in one line of ASCII. */
export function refusalSentence({ list, host, port, reason }: Refused): string {
  const place = usualPorts.includes(port) ? host : `${host}:${port}`;
  switch (reason) {
    case "HOST_NOT_ALLOWED":
      return `${place} is not on this project's network list${list === "setup" ? " for its setup script" : ""}. An admin can add it in the project's settings.`;
    case "ADDRESS_LITERAL":
      return `${place} is an address. From here only names can be reached that are on the project's network list.`;
    case "PRIVATE_ADDRESS":
      return `${place} leads to a private address, which cannot be reached from here.`;
    case "NAME_NOT_FOUND":
      return `${place} is not known to the name servers.`;
    case "NO_ANSWER":
      return `${place} does not answer.`;
    case "POLICY_UNKNOWN":
      return "The project's network list cannot be read now. Try again in a moment.";
  }
}

/** HTTP status of a refusal: package managers repeat a request after 5xx and give up at once after 403. */
export function refusalStatus(reason: NetworkRefusal): 403 | 502 | 503 {
  switch (reason) {
    case "HOST_NOT_ALLOWED":
    case "ADDRESS_LITERAL":
    case "PRIVATE_ADDRESS":
      return 403;
    case "NAME_NOT_FOUND":
    case "NO_ANSWER":
      return 502;
    case "POLICY_UNKNOWN":
      return 503;
  }
}

export function isRefused(decision: NetworkDecision): decision is Refused {
  return decision.reason !== null;
}
