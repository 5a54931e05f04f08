import type { MemberEnd } from "@heddle/db/members.schema";
import { plural } from "@heddle/ui/format";

const counted = (count: number, one: string, many: string) => (count === 0 ? [] : [plural(count, one, many)]);

/** What a membership's end has done, as a sentence; `undefined` when nothing is worth telling. */
export function endSentence({ threads, turns, tokens, botTokens }: MemberEnd): string | undefined {
  const done = [
    ...counted(turns, "turn stopped", "turns stopped"),
    ...counted(tokens, "token revoked", "tokens revoked"),
    ...counted(threads, "private thread handed over", "private threads handed over"),
  ];
  const bots = counted(
    botTokens,
    "token of a bot made by this member goes on: see API tokens.",
    "tokens of bots made by this member go on: see API tokens.",
  );
  const sentences = [...(done.length > 0 ? [`${done.join(", ")}.`] : []), ...bots];
  return sentences.length > 0 ? sentences.join(" ") : undefined;
}
