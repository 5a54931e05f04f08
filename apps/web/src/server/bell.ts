export type Bell = {
  ring(): void;
  /** Resolves at the next ring; at once when it has rung since the last wait. */
  rung(): Promise<void>;
};

/** A wake-up call for one waiter that is not lost when it comes early; many rings are one. */
export function createBell(): Bell {
  let rang = false;
  let wake = () => {};
  return {
    ring() {
      rang = true;
      wake();
    },
    async rung() {
      if (!rang) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      rang = false;
    },
  };
}
