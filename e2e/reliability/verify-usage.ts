import type { Stage } from "./stage.ts";
import type { ThreadRun } from "./thread-run.ts";
import type { TurnRow } from "./verify-items.ts";
import type { ThreadView } from "./verify-thread.ts";

type UsageRow = { id: string; purpose: string; inputTokens: number; outputTokens: number; estimated: boolean };
type StepRow = { turnId: string; index: number; attempt: number };

/**
 * Each attempt of each step is counted once: the one whose answer was kept as the model counted it, every cut one as an
 * estimate. The thread's sums are theirs, and the model's own log knows of no request beyond them.
 */
export async function verifyUsage(
  stage: Stage,
  run: ThreadRun,
  thread: ThreadView,
  turns: readonly TurnRow[],
): Promise<{ wrongs: string[]; cutAnswers: number }> {
  const wrongs: string[] = [];
  const records = await stage.rows.query<UsageRow>(`SELECT * FROM "UsageRecord" WHERE "threadId" = $1`, [run.id]);
  const steps = await stage.rows.query<StepRow>(
    `SELECT s.* FROM "ModelStep" s JOIN "Turn" t ON t.id = s."turnId" WHERE t."threadId" = $1`,
    [run.id],
  );
  const expected = steps.flatMap(({ turnId, index, attempt }) =>
    Array.from({ length: attempt }, (_, before) => ({
      id: `${turnId}/${index}/${before + 1}`,
      estimated: before + 1 < attempt,
    })),
  );
  const counted = new Map(records.filter(({ purpose }) => purpose === "step").map((record) => [record.id, record]));
  for (const { id, estimated } of expected) {
    const record = counted.get(id);
    if (!record) wrongs.push(`attempt ${id} is not counted`);
    else if (record.estimated !== estimated) wrongs.push(`attempt ${id} is ${estimated ? "not " : ""}estimated`);
    counted.delete(id);
  }
  for (const id of counted.keys()) wrongs.push(`${id} is counted and was no attempt`);

  for (const column of ["inputTokens", "outputTokens"] as const) {
    const sum = records.reduce((total, record) => total + record[column], 0);
    if (sum !== thread.usage[column])
      wrongs.push(`${column} add up to ${sum}, the thread says ${thread.usage[column]}`);
  }

  const requests = stage.model.requests(run.marker).filter(({ kind }) => kind === "turn");
  for (const { turnId, index, attempt } of steps) {
    const turn = turns.find(({ id }) => id === turnId)?.number;
    const asked = requests.filter((request) => request.turn === turn && request.step === index);
    const delivered = asked.filter((request) => request.delivered);
    const name = `step ${index} of turn ${turn}`;
    if (asked.length > attempt) wrongs.push(`${name} was asked for ${asked.length} times in ${attempt} attempts`);
    if (delivered.length === 0) wrongs.push(`the model never answered ${name}`);
  }
  if (requests.some(({ turn, step }) => !steps.some((s) => s.index === step && turns[turn - 1]?.id === s.turnId)))
    wrongs.push("the model was asked for a step that is not there");
  return { wrongs, cutAnswers: expected.filter(({ estimated }) => estimated).length };
}
