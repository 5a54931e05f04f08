import { progress, type TurnScope } from "./run-scope.ts";

/** Tells in the thread why the model is asked again only after a while; the step's next wait takes its place. */
export async function noteWait(scope: TurnScope, step: number, message: string): Promise<void> {
  const { turnId } = scope;
  await progress(scope, async (_tx, change) => {
    const id = `${turnId}/${step}/wait`;
    await change.putItem({
      id,
      turnId,
      step,
      type: "notice",
      status: "completed",
      data: { kind: "modelWait", message },
    });
  });
}
