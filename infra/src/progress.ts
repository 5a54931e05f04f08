const tickMs = 15_000;

/** Runs a long step and says how it goes: a line at its start, one every fifteen seconds, one at its end. */
export async function withProgress<T>(
  title: string,
  report: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  report(`${title} …`);
  const ticker = setInterval(() => report(`  … ${elapsed()}`), tickMs);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
    report(`  ended after ${elapsed()}`);
  }
}
