import type { CredentialInput } from "@heddle/db/remotes.schema";
import type { CredentialValue } from "@heddle/ui/credential-fields";

/** What a person has written, as the server takes it. */
export function credentialInputOf(value: CredentialValue): CredentialInput {
  switch (value.kind) {
    case "token":
      return { kind: "token", username: value.username, token: value.token };
    case "key":
      return { kind: "key", privateKey: value.privateKey, passphrase: value.passphrase || undefined };
    default:
      return value;
  }
}

/** What is wrong with a credential, of the faults of a form's fields by their paths. */
export function credentialError(fields: Record<string, string>): string | undefined {
  return Object.entries(fields).find(([path]) => path.startsWith("credential"))?.[1];
}
