const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const recordHeaderBytes = 5;
const handshakeHeaderBytes = 4;
/** Real ones have 2 KB at most, with post-quantum keys. */
const mostBytes = 32 * 1024;

/**
 * The server name with which a TLS connection begins (RFC 8446, RFC 6066).
 *
 * @param bytes all that the client has sent so far
 * @returns `undefined` while more is needed, `null` when it is no TLS or names no server
 */
export function serverNameOf(bytes: Buffer): string | null | undefined {
  if (bytes.length === 0) return undefined;
  const hello = helloMessage(bytes);
  if (hello === "incomplete") return bytes.length < mostBytes ? undefined : null;
  return hello === null ? null : serverNameIn(hello);
}

/** The message without its header, put together from the records that it is cut into. */
function helloMessage(bytes: Buffer): Buffer | "incomplete" | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    if (at < bytes.length && bytes[at] !== handshakeRecord) return null;
    if (bytes.length < at + recordHeaderBytes) return "incomplete";
    const end = at + recordHeaderBytes + bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + recordHeaderBytes, end));
    const message = Buffer.concat(parts);
    if (message.length > 0 && message[0] !== clientHello) return null;
    if (message.length >= handshakeHeaderBytes) {
      const messageEnd = handshakeHeaderBytes + message.readUIntBE(1, 3);
      if (message.length >= messageEnd) return message.subarray(handshakeHeaderBytes, messageEnd);
    }
    if (bytes.length < end) return "incomplete";
    at = end;
  }
}

function serverNameIn(hello: Buffer): string | null {
  try {
    let at = 2 + 32;
    at += 1 + hello.readUInt8(at);
    at += 2 + hello.readUInt16BE(at);
    at += 1 + hello.readUInt8(at);
    const end = at + 2 + hello.readUInt16BE(at);
    for (at += 2; at < end; ) {
      const type = hello.readUInt16BE(at);
      const length = hello.readUInt16BE(at + 2);
      // The list's length and the kind of name come first; there is one kind of name only.
      if (type === serverNameExtension) return hello.toString("latin1", at + 9, at + 9 + hello.readUInt16BE(at + 7));
      at += 4 + length;
    }
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
