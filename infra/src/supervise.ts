import { readEnv } from "./env.ts";
import { explainFailure } from "./explain-failure.ts";
import type { ProgramSpecs } from "./programs.ts";
import { createStack, type Stack } from "./stack.ts";

const say = (line: string) => console.log(line);

/** Runs the stack in this process until a signal ends it. Never returns after a failure: the process exits with 1. */
export async function supervise(programs: ProgramSpecs): Promise<void> {
  let stack: Stack | undefined;
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stack?.stop() ?? Promise.resolve();
    return stopping;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      say("Stopping …");
      void stop().then(() => process.exit(0));
    });
  }
  // However the supervisor ends, its services end first.
  process.on("uncaughtException", (error) => {
    const explanation = explainFailure(error);
    if (explanation) console.error(`Heddle stops: ${explanation}`);
    else console.error("Heddle stops, because its supervisor failed:", error);
    void stop().finally(() => process.exit(1));
  });
  // The terminal may be gone before the stack is.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);

  try {
    stack = createStack(readEnv(), programs, say);
    const { url, signIn } = await stack.start();
    say(`Heddle is ready at ${url}`);
    say(
      signIn.password
        ? `Sign in as ${signIn.email} with the password ${signIn.password}`
        : `Sign in as ${signIn.email}`,
    );
    signIn.shown();
  } catch (error) {
    if (stopping) return;
    const explanation = explainFailure(error);
    console.error(explanation ? `Heddle cannot start: ${explanation}` : error);
    await stop();
    process.exit(1);
  }
}
