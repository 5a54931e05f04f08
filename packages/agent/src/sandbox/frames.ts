/**
 * What host and runner say to each other: a frame is u32 payload length, u8 type, u32 command id (big-endian), payload.
 * RUN's payload is a list of strings, each behind its u32 length: cwd, "1" if stdin follows, "1" for the bridge, number of
 * arguments, arguments, NAME=value of each variable. EXIT's is u32 code, u32 signal; STDIN_TAKEN's the u32 number of bytes that left the runner.
 */
export const toRunner = { run: 1, stdinData: 2, stdinEnd: 3, kill: 4 } as const;
export const fromRunner = { ready: 0, stdout: 1, stderr: 2, stdinTaken: 3, stdinClosed: 4, exit: 5 } as const;

export type Frame = { type: number; id: number; payload: Buffer };

const headerBytes = 9;
const mostPayloadBytes = 1 << 20;

/** One frame ready to be written. */
export function encodeFrame(type: number, id: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(payload.byteLength, 0);
  header.writeUInt8(type, 4);
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, payload]);
}

/** The payload of RUN. */
export function encodeStrings(strings: readonly string[]): Buffer {
  return Buffer.concat(
    strings.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.byteLength);
      return [length, bytes];
    }),
  );
}

/**
 * Cuts a byte stream into frames; keeps at most one incomplete frame.
 *
 * @throws RangeError when a frame is longer than any the runner sends, i.e. the stream is not its own
 */
export function createFrameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.byteLength === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.byteLength >= headerBytes) {
      const length = pending.readUInt32BE(0);
      if (length > mostPayloadBytes) throw new RangeError("a frame of the sandbox is too long");
      const end = headerBytes + length;
      if (pending.byteLength < end) break;
      const frame = {
        type: pending.readUInt8(4),
        id: pending.readUInt32BE(5),
        payload: pending.subarray(headerBytes, end),
      };
      pending = pending.subarray(end);
      onFrame(frame);
    }
  };
}
