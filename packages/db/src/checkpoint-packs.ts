import type { Database, Tx } from "./database.ts";
import { progress, type RunScope } from "./run-scope.ts";

/** What a commit of a thread adds to upstream and to its earlier packs, as `agent/git/outgoing` makes it. */
export type PackToKeep = {
  commit: string;
  /** Full name of the ref that points to the commit. */
  ref: string;
  /** A git pack in pieces of at most 1 MiB. */
  pieces(): AsyncIterable<Uint8Array>;
};

type PackScope = Pick<RunScope, "db" | "threadId" | "fence">;

/** A pack that is kept but for its first piece, which makes it count. */
export type PreparedPack = { commit: string; ref: string; first: Uint8Array; count: number };

/**
 * Writes all pieces of a pack but the first, each in a transaction of its own: a large pack must not hold the thread's
 * row for long. Most packs are one piece, so that nothing is written here.
 * @throws FENCED
 */
export async function preparePack(scope: PackScope, pack: PackToKeep): Promise<PreparedPack> {
  const { commit, ref } = pack;
  let first: Uint8Array | null = null;
  let count = 0;
  for await (const data of pack.pieces()) {
    if (first === null) first = data;
    else await keepPiece(scope, { commit, ref, index: count, data });
    count += 1;
  }
  if (first === null) throw new Error("a pack without a piece");
  return { commit, ref, first, count };
}

async function keepPiece(
  scope: PackScope,
  { data, ...piece }: { commit: string; ref: string; index: number; data: Uint8Array },
): Promise<void> {
  const { threadId } = scope;
  const bytes = new Uint8Array(data);
  const key = { threadId, commit: piece.commit, index: piece.index };
  await progress(scope, (tx) =>
    tx.checkpointPack.upsert({
      where: { threadId_commit_index: key },
      create: { ...key, position: 0, ref: piece.ref, data: bytes },
      update: { ref: piece.ref, data: bytes },
    }),
  );
}

/** Makes a prepared pack count, in the transaction that records its commit and holds the thread's row. */
export async function recordPack(tx: Tx, threadId: string, pack: PreparedPack): Promise<void> {
  const { commit, ref, first, count } = pack;
  // What another attempt at the same commit has prepared may have been longer.
  await tx.$executeRaw`
    WITH "longer" AS (
      DELETE FROM "CheckpointPack" WHERE "threadId" = ${threadId} AND "commit" = ${commit} AND "index" >= ${count})
    INSERT INTO "CheckpointPack" ("threadId", "commit", "index", "position", "ref", "data")
    SELECT ${threadId}, ${commit}, 0, COALESCE(MAX("position"), 0) + 1, ${ref}, ${first}
    FROM "CheckpointPack" WHERE "threadId" = ${threadId}
    ON CONFLICT DO NOTHING`;
}

/** Whether other hosts can have the commit. */
export async function hasPack(db: Tx, threadId: string, commit: string): Promise<boolean> {
  return (await db.checkpointPack.count({ where: { threadId, commit, index: 0 } })) > 0;
}

/** The thread's packs in the order in which they are to be taken in; their pieces are read when asked for, one by one. */
export async function listPacks({ db, threadId }: { db: Database; threadId: string }): Promise<PackToKeep[]> {
  const packs = await db.prisma.checkpointPack.findMany({
    where: { threadId, index: 0 },
    orderBy: { position: "asc" },
    select: { commit: true, ref: true },
  });
  return packs.map(({ commit, ref }) => ({
    commit,
    ref,
    async *pieces() {
      for (let index = 0; ; index += 1) {
        const key = { threadId, commit, index };
        const piece = await db.prisma.checkpointPack.findUnique({ where: { threadId_commit_index: key } });
        if (piece === null) return;
        yield piece.data;
      }
    },
  }));
}
