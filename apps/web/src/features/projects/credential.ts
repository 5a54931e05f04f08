import { makeSshKey, publicKeyOf } from "@heddle/agent/git/remote/ssh-keys";
import { AppError } from "@heddle/db/errors";
import type { RemoteUrl } from "@heddle/db/remote-url";
import type { NewCredential } from "@heddle/db/remotes";
import type { CredentialInput } from "@heddle/db/remotes.schema";

/**
 * What a person has given, checked, as it is to be sealed: a token for https, a key for ssh. An ssh address without
 * either gets a key of its own, since nothing is read there without one.
 * @param name of the project, for the key's comment
 * @throws CREDENTIAL_NOT_VALID
 */
export function credentialOf(input: CredentialInput | undefined, url: RemoteUrl, name: string): NewCredential {
  const given = input ?? { kind: url.scheme === "ssh" ? "newKey" : "none" };
  switch (given.kind) {
    case "none":
      return { secret: null, publicKey: null };
    case "token":
      if (url.scheme !== "https") refuse("A token is for https addresses. Over ssh a key is needed.");
      return { secret: { kind: "token", username: given.username, token: given.token }, publicKey: null };
    case "newKey": {
      if (url.scheme !== "ssh") refuse("A key is for ssh addresses. Over https a token is needed.");
      const { privateKey, publicKey } = makeSshKey(commentOf(name));
      return { secret: { kind: "key", privateKey }, publicKey };
    }
    case "key": {
      if (url.scheme !== "ssh") refuse("A key is for ssh addresses. Over https a token is needed.");
      const { passphrase } = given;
      const privateKey = `${given.privateKey.replaceAll("\r\n", "\n")}\n`;
      const publicKey = publicKeyOf(privateKey, passphrase);
      if (publicKey === null)
        refuse("That is no private key in OpenSSH's or PEM form, or its passphrase is another one.");
      return { secret: { kind: "key", privateKey, passphrase }, publicKey };
    }
  }
}

function commentOf(name: string): string {
  return `heddle-${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")}`;
}

function refuse(message: string): never {
  throw new AppError("CREDENTIAL_NOT_VALID", { message });
}
