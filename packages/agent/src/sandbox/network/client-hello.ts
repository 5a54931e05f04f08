/** `more`: it cannot be told yet. `other`: not TLS. `broken`: begins like TLS and is none that a client sends. */
export type ClientHello = "more" | "other" | "broken" | { serverName: string | null };

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const recordHeaderBytes = 5;
const messageHeaderBytes = 4;
/** Real ones have 2 KB at most, with post-quantum keys, in one or two records. */
const mostBytes = 32 * 1024;
const mostRecords = 16;

/**
 * How a connection begins: the server name of TLS (RFC 8446, RFC 6066), if it is that.
 *
 * @param bytes all that the client has sent so far
 */
export function readClientHello(bytes: Buffer): ClientHello {
  const message = firstMessage(bytes);
  if (message === "more") return bytes.length < mostBytes ? "more" : "broken";
  return typeof message === "string" ? message : readServerName(message);
}

/** The handshake's first message without its header, put together from the records that it is cut into. */
function firstMessage(bytes: Buffer): Buffer | "more" | "other" | "broken" {
  const parts: Buffer[] = [];
  let at = 0;
  while (parts.length < mostRecords) {
    if (at < bytes.length && bytes[at] !== handshakeRecord) return at === 0 ? "other" : "broken";
    if (bytes.length < at + recordHeaderBytes) return "more";
    const end = at + recordHeaderBytes + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + recordHeaderBytes, end));
    const message = Buffer.concat(parts);
    if (message.length > 0 && message[0] !== clientHello) return "broken";
    if (message.length >= messageHeaderBytes) {
      const messageEnd = messageHeaderBytes + message.readUIntBE(1, 3);
      if (message.length >= messageEnd) return message.subarray(messageHeaderBytes, messageEnd);
    }
    if (bytes.length < end) return "more";
    at = end;
  }
  return "broken";
}

function readServerName(hello: Buffer): ClientHello {
  try {
    let at = 2 + 32;
    at += 1 + hello.readUInt8(at);
    at += 2 + hello.readUInt16BE(at);
    at += 1 + hello.readUInt8(at);
    if (at === hello.length) return { serverName: null };
    const end = at + 2 + hello.readUInt16BE(at);
    let serverName: string | null = null;
    for (at += 2; at < end; ) {
      const type = hello.readUInt16BE(at);
      const length = hello.readUInt16BE(at + 2);
      if (type === serverNameExtension) {
        // Servers differ in which of two names they take.
        if (serverName !== null) return "broken";
        serverName = readName(hello.subarray(at + 4, at + 4 + length));
      }
      at += 4 + length;
    }
    return at === hello.length ? { serverName } : "broken";
  } catch (error) {
    if (error instanceof RangeError) return "broken";
    throw error;
  }
}

/** A list of names with its length, of which each has a kind and a length; there is one kind and one name only. */
function readName(list: Buffer): string {
  const length = list.readUInt16BE(3);
  if (list.readUInt16BE(0) !== length + 3 || list.readUInt8(2) !== 0 || list.length !== length + 5)
    throw new RangeError();
  return list.toString("latin1", 5);
}
