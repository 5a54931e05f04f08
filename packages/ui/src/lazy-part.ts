import { type ComponentType, type LazyExoticComponent, lazy } from "react";

/** About half a minute in all: a web server that starts again is back by then. */
const retryDelaysMs = [500, 1000, 2000, 4000, 8000, 16_000];

/**
 * A component whose script is fetched when it is first shown. React's `lazy` alone keeps the first failure for ever;
 * this asks again, so that a connection lost at that moment only delays the part.
 * @param load imports the module and picks the component from it; it is called again after a failure
 * @throws while rendering, what the last attempt threw
 */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await patiently(load) }));
}

async function patiently<Part>(load: () => Promise<Part>): Promise<Part> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
  return load();
}
