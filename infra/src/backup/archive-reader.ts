import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import tar from "tar-stream";
import { messageOf, StartFailure } from "../start-failure.ts";
import { type ArchiveEntry, type Manifest, manifestName, manifestSchema } from "./manifest.ts";

export type ReadEntry = { name: string; data: Buffer };

/** The entries of an archive in their order, one at a time in memory. @throws StartFailure if it is cut or damaged */
export async function* readArchive(file: string): AsyncGenerator<ReadEntry> {
  const extract = tar.extract();
  const read = pipeline(createReadStream(file), createGunzip(), extract);
  // The loop below is told of it by `extract`.
  read.catch(() => undefined);
  try {
    for await (const entry of extract) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      yield { name: entry.header.name, data: Buffer.concat(chunks) };
    }
    await read;
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw new StartFailure(`${file} is not a whole backup (${messageOf(error)}).`, { cause: error });
  }
}

/** Reads the whole archive and compares every checksum. @throws StartFailure that says what is wrong with it */
export async function verifyArchive(file: string): Promise<Manifest> {
  const found: ArchiveEntry[] = [];
  let manifest: Manifest | null = null;
  for await (const { name, data } of readArchive(file)) {
    if (name === manifestName) manifest = readManifest(file, data);
    else found.push({ name, sizeBytes: data.length, sha256: createHash("sha256").update(data).digest("hex") });
  }
  if (!manifest) throw new StartFailure(`${file} is not a whole backup (it has no manifest).`);
  const wanted = manifest.entries;
  const differs = wanted.find(
    ({ name, sha256 }, index) => found[index]?.name !== name || found[index]?.sha256 !== sha256,
  );
  if (differs) throw new StartFailure(`${file} is damaged: ${differs.name} is not as it was written.`);
  if (found.length > wanted.length)
    throw new StartFailure(`${file} is damaged: it holds ${found.at(-1)?.name}, which was not written.`);
  return manifest;
}

function readManifest(file: string, data: Buffer): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(data.toString()));
  } catch (error) {
    throw new StartFailure(`${file} was made by another version of Heddle, or it is damaged (its manifest).`, {
      cause: error,
    });
  }
}
