import { AppError } from "./errors.ts";
import type { Item } from "./generated/client.ts";
import { type ItemView, itemView } from "./items.schema.ts";
import type { ThreadScope } from "./scope.ts";

type ItemRow = Omit<Item, "model" | "threadId" | "position" | "startedAt">;

const viewColumns = {
  id: true,
  seq: true,
  turnId: true,
  step: true,
  type: true,
  status: true,
  data: true,
  createdAt: true,
  completedAt: true,
} as const;

/** Every item changed since `after`, in order of creation. */
export async function listItems(scope: ThreadScope, input: { after: number }): Promise<{ items: ItemView[] }> {
  const rows = await scope.db.prisma.item.findMany({
    where: { threadId: scope.threadId, seq: { gt: input.after } },
    orderBy: { position: "asc" },
    select: viewColumns,
  });
  return { items: rows.map(toItemView) };
}

export type StreamedItem = ItemView & {
  /** Of the streamed text: rises when an answer starts over. */
  attempt: number;
};

/** The next `limit` items changed since `after`, in the order of their changes: for a live stream. */
export async function changedItems(
  scope: ThreadScope,
  input: { after: number; limit: number },
): Promise<StreamedItem[]> {
  const rows = await scope.db.prisma.item.findMany({
    where: { threadId: scope.threadId, seq: { gt: input.after } },
    orderBy: { seq: "asc" },
    take: input.limit,
    select: { ...viewColumns, attempt: true },
  });
  return rows.map(toStreamedItem);
}

/** Items that run and have not changed since `upTo`, with the text they have by now: text changes no `seq`. */
export async function runningItems(scope: ThreadScope, input: { upTo: number }): Promise<StreamedItem[]> {
  const rows = await scope.db.prisma.item.findMany({
    where: { threadId: scope.threadId, status: "running", seq: { lte: input.upTo } },
    orderBy: { seq: "asc" },
    select: { ...viewColumns, attempt: true },
  });
  return rows.map(toStreamedItem);
}

/** The whole output of a command in order, chunk by chunk. @throws NOT_FOUND for an item of another thread */
export async function* readOutput(scope: ThreadScope, itemId: string): AsyncGenerator<Uint8Array> {
  const item = await scope.db.prisma.item.findFirst({ where: { id: itemId, threadId: scope.threadId } });
  if (!item) throw new AppError("NOT_FOUND");
  for (let index = 0; ; index += 1) {
    const chunk = await scope.db.prisma.outputChunk.findUnique({ where: { itemId_index: { itemId, index } } });
    if (!chunk) return;
    yield chunk.data;
  }
}

function toItemView(row: Omit<ItemRow, "attempt">): ItemView {
  const { data, ...rest } = row;
  return itemView.parse({ ...rest, ...(data as Record<string, unknown>) });
}

function toStreamedItem({ attempt, ...row }: ItemRow): StreamedItem {
  return { ...toItemView(row), attempt };
}
