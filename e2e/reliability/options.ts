import { parseArgs } from "node:util";

/**
 * `npm run reliability -- …`: without anything, the matrix and twenty random runs.
 * `--seed N` repeats the random part of an earlier time, `--runs N` or `--nightly` (200) sets its length, `--only matrix`
 * or `--only random` leaves the other part out, `--part NAME` and `--point WORDS` play less of the matrix. `--soak MINUTES`
 * does something else: many threads under random kills.
 * `--docs` writes what came out to `docs/`, `--report FILE` the sums as JSON.
 */
export type Options = {
  seed: number;
  runs: number;
  only: "matrix" | "random" | null;
  part: string | null;
  point: string;
  soakMinutes: number | null;
  docs: boolean;
  report: string | null;
};

/** @throws TypeError for what is none of these */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: "string" },
      runs: { type: "string" },
      nightly: { type: "boolean", default: false },
      only: { type: "string" },
      part: { type: "string" },
      point: { type: "string", default: "" },
      soak: { type: "string" },
      docs: { type: "boolean", default: false },
      report: { type: "string" },
    },
  });
  const { only } = values;
  if (only !== undefined && only !== "matrix" && only !== "random")
    throw new TypeError("--only takes matrix or random");
  return {
    seed: values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber("seed", values.seed),
    runs: values.runs === undefined ? (values.nightly ? 200 : 20) : wholeNumber("runs", values.runs),
    only: only ?? null,
    part: values.part ?? null,
    point: values.point,
    soakMinutes: values.soak === undefined ? null : wholeNumber("soak", values.soak),
    docs: values.docs,
    report: values.report ?? null,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`--${name} takes a whole number`);
  return Number(text);
}
