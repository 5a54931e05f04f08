import type { CommentInput } from "./comments.schema.ts";
import type { Tx } from "./database.ts";
import { AppError } from "./errors.ts";
import type { Item } from "./generated/client.ts";
import { newId } from "./ids.ts";
import { addInboxItem } from "./inbox-items.ts";
import { itemData } from "./items.schema.ts";
import { mutate, rememberRefusal } from "./mutate.ts";
import { assertThreadOpen } from "./open-thread.ts";
import { projectAllows } from "./permissions.ts";
import { placeNow } from "./place-now.ts";
import type { ThreadScope } from "./scope.ts";
import { cleanText } from "./text.ts";
import { changeThread } from "./thread-change.ts";
import { threadPeople } from "./thread-people.ts";

/**
 * Says something to the others in the thread; no model is told. It stands where the conversation is by now.
 * @throws THREAD_ARCHIVED, BAD_INPUT for a mention of somebody who does not see the thread
 */
export async function createComment(scope: ThreadScope, input: CommentInput): Promise<{ itemId: string }> {
  const { threadId, principal } = scope;
  const itemId = `comment/${newId()}`;
  const resource = { type: "thread", id: threadId };
  const mentioned = [...new Set(input.mentions)];
  const entry = { action: "thread.comment", resource, detail: { itemId, mentions: mentioned.length } };
  await mutate(scope, entry, async (tx, after) => {
    await changeThread(tx, after, threadId, async (change) => {
      await assertThreadOpen(tx, change.thread);
      const mentions = await findMentioned(tx, threadId, mentioned);
      const author = { id: principal.userId, name: principal.name };
      const data = { text: cleanText(input.text), author, mentions };
      await change.putItem({
        ...(await placeNow(tx, threadId)),
        id: itemId,
        type: "comment",
        status: "completed",
        data,
      });
      await addInboxItem(tx, after, {
        workspaceId: scope.workspaceId,
        kind: "mention",
        key: itemId,
        userIds: mentioned,
        actorId: principal.userId,
        threadId,
        note: excerptOf(data.text),
      });
    });
    after({ k: "workspace", w: scope.workspaceId });
  });
  return { itemId };
}

/** Takes a comment's words away, for good: that there was one stays. One's own; anybody's for maintainers and admins. */
export async function removeComment(scope: ThreadScope, { itemId }: { itemId: string }): Promise<void> {
  const { threadId, principal } = scope;
  const entry = { action: "thread.remove_comment", resource: { type: "thread", id: threadId }, detail: { itemId } };
  const written = mutate(scope, entry, (tx, after) =>
    changeThread(tx, after, threadId, async (change) => {
      const item = await tx.item.findFirst({ where: { id: itemId, threadId, type: "comment" } });
      if (!item) throw new AppError("NOT_FOUND");
      const { author } = itemData.comment.parse(item.data);
      if (author.id !== principal.userId && !projectAllows(scope.role, scope.standing, "project.manage")) {
        throw new AppError("FORBIDDEN", {
          message: "Only who wrote the comment, a maintainer or an admin may do this.",
        });
      }
      await change.putItem({ ...asWrite(item), data: { text: "", author, mentions: [], removed: true } });
      // The excerpts of it, too.
      await tx.inboxItem.updateMany({ where: { threadId, key: itemId }, data: { note: null, resolvedAt: new Date() } });
    }),
  );
  await rememberRefusal(scope, entry, written);
}

const longestExcerpt = 200;

function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > longestExcerpt ? `${line.slice(0, longestExcerpt).trimEnd()}…` : line;
}

const asWrite = ({ id, turnId, step, type, status }: Item) => ({ id, turnId, step, type, status });

async function findMentioned(tx: Tx, threadId: string, ids: string[]): Promise<{ id: string; name: string }[]> {
  if (ids.length === 0) return [];
  const people = await threadPeople(tx, threadId);
  return ids.map((id) => {
    const person = people.find((one) => one.id === id);
    if (person?.kind === "human" && person.may !== null) return { id, name: person.name };
    const who = person ? `${person.name} does` : "Somebody whom the comment mentions does";
    throw new AppError("BAD_INPUT", { message: `${who} not see this thread. Share it with them first.` });
  });
}
