import type { TestProject } from "vitest/node";
import { startTestServices, type TestServices } from "./test-services.ts";

declare module "vitest" {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be added to
  export interface ProvidedContext {
    testServices: TestServices;
  }
}

/** Vitest runs this once around all integration tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...services } = await startTestServices();
  project.provide("testServices", services);
  return stop;
}
