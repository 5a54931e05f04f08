import { parseArgs } from "node:util";

/**
 * `npm run reliability -- …`: without anything, the matrix and twenty random runs.
 * `--seed N` repeats the random part of an earlier time, `--runs N` or `--nightly` (200) sets its length, `--only matrix`,
 * `--only random` or `--only times` leaves the others out. `--once` plays the matrix without second kills, `--part NAME`
 * and `--point WORDS` some of it. `--soak MINUTES` does something else: many threads under random kills.
 * `--docs` writes what came out to `docs/`, `--report FILE` the sums as JSON.
 */
export type Options = {
  seed: number;
  runs: number;
  only: (typeof sections)[number] | null;
  once: boolean;
  part: string | null;
  point: string;
  soakMinutes: number | null;
  docs: boolean;
  report: string | null;
};

const sections = ["matrix", "random", "times"] as const;

/** @throws TypeError for what is none of these */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: "string" },
      runs: { type: "string" },
      nightly: { type: "boolean", default: false },
      only: { type: "string" },
      once: { type: "boolean", default: false },
      part: { type: "string" },
      point: { type: "string", default: "" },
      soak: { type: "string" },
      docs: { type: "boolean", default: false },
      report: { type: "string" },
    },
  });
  const only = sections.find((section) => section === values.only) ?? null;
  if (values.only !== undefined && only === null) throw new TypeError(`--only takes ${sections.join(", ")}`);
  return {
    seed: values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber("seed", values.seed),
    runs: values.runs === undefined ? (values.nightly ? 200 : 20) : wholeNumber("runs", values.runs),
    only,
    once: values.once,
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
