import { cleanText } from "../clean-text.ts";

export type OutputWindow = {
  push(chunk: Uint8Array): void;
  sizeBytes(): number;
  /** All of it, or its beginning and end around a line that says how much is left out; at most `maxChars` long. */
  text(maxChars: number): string;
};

const markerRoom = 80;

/** Keeps the first and the last `edgeBytes` of what is pushed, however much that is. */
export function createOutputWindow(edgeBytes: number): OutputWindow {
  const head: Uint8Array[] = [];
  let tail: Uint8Array[] = [];
  let [headBytes, tailBytes, total] = [0, 0, 0];

  const push = (chunk: Uint8Array) => {
    total += chunk.length;
    const first = chunk.subarray(0, Math.max(0, edgeBytes - headBytes));
    const rest = chunk.subarray(first.length);
    if (first.length > 0) head.push(Buffer.from(first));
    headBytes += first.length;
    if (rest.length === 0) return;
    const end = rest.length > edgeBytes ? rest.subarray(-edgeBytes) : rest;
    tail.push(Buffer.from(end));
    tailBytes += end.length;
    if (tailBytes < 2 * edgeBytes) return;
    tail = [Buffer.concat(tail).subarray(-edgeBytes)];
    tailBytes = edgeBytes;
  };

  const text = (maxChars: number) => {
    const start = Buffer.concat(head);
    const end = Buffer.concat(tail);
    if (start.length + end.length === total) {
      const whole = decode(Buffer.concat([start, end]));
      if (whole.length <= maxChars) return whole;
    }
    const room = Math.max(0, Math.floor((maxChars - markerRoom) / 2));
    const first = start.subarray(0, wholeEnd(start, Math.min(start.length, room)));
    const last = total - room <= start.length ? Buffer.concat([start, end]) : end;
    const kept = last.subarray(wholeStart(last, Math.max(0, last.length - room)));
    const leftOut = total - first.length - kept.length;
    return `${decode(first)}\n[… ${leftOut} bytes left out …]\n${decode(kept)}`;
  };

  return { push, sizeBytes: () => total, text };
}

/** Text that is whole, or its beginning and end. */
export function shorten(text: string, maxChars: number): string {
  const window = createOutputWindow(maxChars);
  window.push(Buffer.from(text));
  return window.text(maxChars);
}

function decode(bytes: Uint8Array): string {
  return cleanText(Buffer.from(bytes).toString("utf8"));
}

const continues = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** The nearest position at or before `end` that does not cut a UTF-8 character. */
function wholeEnd(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > end - 3 && at > 0 && continues(bytes[at])) at -= 1;
  return at;
}

function wholeStart(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < start + 3 && continues(bytes[at])) at += 1;
  return at;
}
