import { defineConfig } from "vitest/config";

const exclude = ["**/node_modules/**", "**/dist/**", "**/.next/**", "e2e/**"];
const folders = ["packages", "apps", "infra"];

/** `unit`: `*.test.ts`, no services. `integration`: `*.int.test.ts`, on one real PostgreSQL and one real Temporal server. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: folders.map((folder) => `${folder}/**/*.test.{ts,tsx}`),
          exclude: [...exclude, "**/*.int.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "integration",
          include: folders.map((folder) => `${folder}/**/*.int.test.ts`),
          exclude,
          globalSetup: "infra/src/testing/global-setup.ts",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // More than cores: many of these tests wait, for leases to run out above all.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
