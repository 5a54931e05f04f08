import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/**
 * Envelope encryption of what must be read again (provider keys, credentials of repositories, answers
 * that hold a new token):
 * `v1.kid.wrappedKey.ciphertext`. A random data key encrypts the value, a key from the ring wraps the data key; both
 * AES-256-GCM with `workspace|model|id` as additional data, so that a value copied to another row does not open.
 * Rotating wraps the data key anew and leaves the value alone.
 */
export type SecretBox = {
  seal(context: SecretContext, plaintext: string): string;
  /** @throws when the key is unknown, the row is another one, or a byte was changed */
  open(context: SecretContext, envelope: string): string;
  /** The same value under the newest key. */
  rewrap(context: SecretContext, envelope: string): string;
  isNewest(envelope: string): boolean;
};

export type SecretContext = { workspaceId: string; model: "provider" | "remote" | "answer"; id: string };

const nonceBytes = 12;
const tagBytes = 16;

/** The `kid` of envelopes that a key of the ring has sealed; tells nothing of the key. */
export function secretKeyId(key: Buffer): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 8);
}

/** @param keys base64 of 32 bytes each, newest first; never empty */
export function createSecretBox(keys: readonly string[]): SecretBox {
  const ring = new Map(
    keys.map((key) => {
      const bytes = Buffer.from(key, "base64");
      if (bytes.length !== 32) throw new Error("each secret key must be 32 bytes in base64");
      return [secretKeyId(bytes), bytes] as const;
    }),
  );
  const newest = [...ring.keys()][0];
  if (newest === undefined) throw new Error("at least one secret key is needed");

  function key(kid: string): Buffer {
    const found = ring.get(kid);
    if (!found) throw new Error(`secret key ${kid} is not in the ring`);
    return found;
  }

  function parse(envelope: string) {
    const [version, kid, wrapped, ciphertext] = envelope.split(".");
    if (version !== "v1" || !kid || !wrapped || !ciphertext) throw new Error("not a v1 envelope");
    return { kid, wrapped: Buffer.from(wrapped, "base64url"), ciphertext };
  }

  return {
    seal(context, plaintext) {
      const dataKey = randomBytes(32);
      const aad = aadOf(context);
      const wrapped = encrypt(key(newest), dataKey, aad).toString("base64url");
      return `v1.${newest}.${wrapped}.${encrypt(dataKey, Buffer.from(plaintext, "utf8"), aad).toString("base64url")}`;
    },
    open(context, envelope) {
      const { kid, wrapped, ciphertext } = parse(envelope);
      const aad = aadOf(context);
      const dataKey = decrypt(key(kid), wrapped, aad);
      return decrypt(dataKey, Buffer.from(ciphertext, "base64url"), aad).toString("utf8");
    },
    isNewest: (envelope) => envelope.split(".")[1] === newest,
    rewrap(context, envelope) {
      const { kid, wrapped, ciphertext } = parse(envelope);
      const aad = aadOf(context);
      const dataKey = decrypt(key(kid), wrapped, aad);
      return `v1.${newest}.${encrypt(key(newest), dataKey, aad).toString("base64url")}.${ciphertext}`;
    },
  };
}

function aadOf(context: SecretContext): Buffer {
  return Buffer.from(`${context.workspaceId}|${context.model}|${context.id}`, "utf8");
}

function encrypt(key: Buffer, plaintext: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(aad);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, sealed: Buffer, aad: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes)).setAAD(aad);
  decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
}
