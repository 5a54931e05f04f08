/** Lets the first `burst` calls through at once, and then `perSecond`, in the order in which they came. */
export function createPace({ burst, perSecond }: { burst: number; perSecond: number }): () => Promise<void> {
  const stepMs = 1_000 / perSecond;
  let next = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = performance.now();
    next = Math.max(next, now - burst * stepMs) + stepMs;
    if (next > now) await new Promise((resolve) => setTimeout(resolve, next - now));
  };
}
