export type Latch = { opened: Promise<void>; open(): void };

/** Opened once, for everybody who waits and will wait. */
export function createLatch(): Latch {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
