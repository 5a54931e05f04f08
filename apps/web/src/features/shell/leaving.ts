type Ask = (go: () => void) => void;

let ask: Ask | null = null;

/** From now on `next` decides about each way out of the page. @returns how to stop that */
export function guardLeaving(next: Ask): () => void {
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  ask = next;
  window.addEventListener("beforeunload", warn);
  return () => {
    if (ask === next) ask = null;
    window.removeEventListener("beforeunload", warn);
  };
}

/** Whether something on the page would be lost. */
export function isGuarded(): boolean {
  return ask !== null;
}

/** Goes, at once or once the reader has agreed to lose what was not saved. */
export function leave(go: () => void): void {
  if (ask) ask(go);
  else go();
}
