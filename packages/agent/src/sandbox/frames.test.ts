import { describe, expect, it } from "vitest";
import { createFrameReader, encodeFrame, encodeStrings, type Frame } from "./frames.ts";

describe("frames", () => {
  it("come out whole however the stream is cut", () => {
    const sent = [Buffer.from("one"), Buffer.alloc(0), Buffer.from("three".repeat(100))];
    const stream = Buffer.concat(sent.map((payload, index) => encodeFrame(index, index * 1_000_000_000, payload)));
    for (const step of [1, 2, 7, 10, stream.byteLength]) {
      const got: Frame[] = [];
      const read = createFrameReader((frame) => got.push(frame));
      for (let start = 0; start < stream.byteLength; start += step) read(stream.subarray(start, start + step));
      expect(got.map(({ type, id }) => [type, id])).toEqual(sent.map((_, index) => [index, index * 1_000_000_000]));
      expect(got.map(({ payload }) => payload.toString())).toEqual(sent.map(String));
    }
  });

  it("refuse a length that no frame has", () => {
    const read = createFrameReader(() => {});
    expect(() => read(Buffer.from("HTTP/1.1 200 OK"))).toThrow(RangeError);
  });

  it("carry strings by their length in bytes", () => {
    expect(encodeStrings(["é", ""]).toString("hex")).toBe("00000002c3a900000000");
  });
});
