const reasons: Record<string, string> = {
  HOST_NOT_ALLOWED: "Not on the list of allowed hosts.",
  ADDRESS_LITERAL: "Addresses in numbers are never allowed: use the host's name.",
  PRIVATE_ADDRESS: "The name leads to a private address, which is never allowed.",
  NAME_NOT_FOUND: "There is no such name.",
  NO_ANSWER: "The host is allowed, but it did not answer.",
  POLICY_UNKNOWN: "The list of allowed hosts could not be read just then.",
};

/** Why a connection was refused, as a sentence. */
export function explainRefusal(reason: string | null): string {
  return (reason && reasons[reason]) || "Refused.";
}
