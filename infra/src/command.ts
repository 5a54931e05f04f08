import { parseArgs } from "node:util";
import { explainFailure } from "./explain-failure.ts";
import { messageOf, StartFailure } from "./start-failure.ts";

type Flags = Record<string, { type: "boolean" | "string" }>;
type Values<T extends Flags> = { [K in keyof T]?: T[K]["type"] extends "string" ? string : boolean };

/**
 * Reads a command's arguments: at most one without a name, and these flags.
 * @throws StartFailure with the usage when there are others
 */
export function readArguments<T extends Flags>(options: T, usage: string): Values<T> & { file?: string } {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (positionals.length > 1) throw new Error(`unexpected ${positionals[1]}`);
    return { ...(values as Values<T>), file: positionals[0] };
  } catch (error) {
    throw new StartFailure(`${messageOf(error).split(". ")[0]}. Usage: ${usage}`);
  }
}

/** Runs a command to its end; a failure ends it with one sentence where one is known, and with exit code 1. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const explanation = explainFailure(error);
    console.error(explanation ? `Heddle: ${explanation}` : error);
    process.exitCode = 1;
  }
}
