import type { TestProject } from "vitest/node";
import { startTestServices } from "./test-services.ts";

/** Vitest runs this once around all integration tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...services } = await startTestServices();
  project.provide("testServices", services);
  return stop;
}
