import { AppError } from "@heddle/db/errors";

/** Room for the longest prompt or set-up script with its JSON escapes. */
const maxBodyBytes = 2 * 1024 * 1024;

/** The body as text; an empty one is "". @throws PAYLOAD_TOO_LARGE over 2 MiB, BAD_INPUT when it is not UTF-8 */
export async function readBody(request: Request): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) throw new AppError("PAYLOAD_TOO_LARGE");
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) throw new AppError("PAYLOAD_TOO_LARGE");
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AppError("BAD_INPUT", { cause, message: "The body is not UTF-8 text." });
  }
}

/** Reads away a body that nobody has looked at: left unread, it would hold up the connection's next request. */
export async function discardBody(request: Request): Promise<void> {
  if (request.body !== null && !request.bodyUsed) await readBody(request).catch(() => undefined);
}

/** The body as a JSON object; an empty one is {}. @throws BAD_INPUT, PAYLOAD_TOO_LARGE */
export async function readJsonObject(request: Request): Promise<Record<string, unknown>> {
  const text = await readBody(request);
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError("BAD_INPUT", { cause, message: "The body is not valid JSON." });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new AppError("BAD_INPUT", { message: "The body must be a JSON object." });
}
