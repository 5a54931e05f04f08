import { useCallback, useSyncExternalStore } from "react";

type Clock = { now: number; listeners: Set<() => void>; timer: ReturnType<typeof setInterval> | null };
const clocks = new Map<number, Clock>();

function clockOf(interval: number): Clock {
  const known = clocks.get(interval);
  if (known) return known;
  const clock: Clock = { now: Date.now(), listeners: new Set(), timer: null };
  clocks.set(interval, clock);
  return clock;
}

/**
 * The time in milliseconds, renewed every `interval` ms for as long as something shows it; null on the server and
 * while hydrating. All users of one interval share one timer. An interval of 0 never ticks.
 */
export function useNow(interval: number): number | null {
  const subscribe = useCallback(
    (listener: () => void) => {
      if (interval === 0) return () => {};
      const clock = clockOf(interval);
      clock.listeners.add(listener);
      clock.timer ??= setInterval(() => {
        clock.now = Date.now();
        for (const notify of clock.listeners) notify();
      }, interval);
      if (clock.listeners.size === 1) clock.now = Date.now();
      return () => {
        clock.listeners.delete(listener);
        if (clock.listeners.size > 0 || clock.timer === null) return;
        clearInterval(clock.timer);
        clock.timer = null;
      };
    },
    [interval],
  );
  return useSyncExternalStore(
    subscribe,
    () => clockOf(interval).now,
    () => null,
  );
}
