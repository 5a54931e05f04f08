/** A rule about imports; paths are relative to the checkout. */
export type ImportRule = {
  name: string;
  /** Matches the importing file. */
  folder: RegExp;
  /** The rule then also holds for the files matching this that such a file imports, directly or not. */
  reach?: RegExp;
  /** What an import must match one of: a file of ours by its path, a package of npm or Node by its name. */
  may?: RegExp[];
  mustNot?: RegExp[];
};

const anyNpmPackage = /^(?!apps\/|packages\/|infra\/|e2e\/)/;
const nodeModule = /^node:/;

/**
 * Who may import whom at run time; all rules that match a file hold. Types are free: an `import type` is gone before
 * the program runs.
 */
export const heddleRules: ImportRule[] = [
  {
    name: "nothing imports an app",
    folder: /^(packages|infra|e2e)\//,
    mustNot: [/^apps\//],
  },
  {
    name: "the web app and the worker do not import each other",
    folder: /^apps\/web\//,
    mustNot: [/^apps\/worker\//, /^infra\//, /^e2e\//],
  },
  {
    name: "the worker and the web app do not import each other",
    folder: /^apps\/worker\//,
    mustNot: [/^apps\/web\//, /^packages\/ui\//, /^infra\//, /^e2e\//],
  },
  {
    name: "packages/ui has React and UI libraries only",
    folder: /^packages\/ui\//,
    may: [/^packages\/ui\//, anyNpmPackage],
    mustNot: [nodeModule, /^(@prisma\/|pg$|@temporalio\/|next|@trpc\/|openai)/],
  },
  {
    name: "packages/db knows the database, ids and zod",
    folder: /^packages\/db\//,
    may: [/^packages\/db\//, nodeModule, /^(@prisma\/|@node-rs\/argon2$|pg$|uuid$|zod$)/],
  },
  {
    name: "packages/agent knows neither database nor Temporal nor Next",
    folder: /^packages\/agent\//,
    may: [/^packages\/agent\//, anyNpmPackage],
    mustNot: [/^(@prisma\/|pg$|@temporalio\/|next|@trpc\/|react)/],
  },
  {
    name: "agent/contract has zod only",
    folder: /^packages\/agent\/src\/contract\.ts$/,
    may: [/^zod$/],
  },
  {
    name: "a workflow has only the workflow SDK and agent/contract: activities by type",
    folder: /^apps\/worker\/src\/workflows\//,
    may: [
      /^apps\/worker\/src\/workflows\//,
      /^@temporalio\/(workflow|common)$/,
      /^packages\/agent\/src\/contract\.ts$/,
    ],
  },
  {
    name: "an activity does not import a workflow",
    folder: /^apps\/worker\/src\/activities\//,
    mustNot: [/^apps\/worker\/src\/workflows\//],
  },
  {
    name: "the web server reaches Temporal through server/temporal.ts only",
    folder: /^apps\/web\/src\/(?!server\/temporal\.ts$)/,
    mustNot: [/^@temporalio\//],
  },
  {
    name: "a component has the UI, schemas, permissions and errors: never the database or the server",
    folder: /^apps\/web\/src\/features\/.*\.tsx$/,
    reach: /^apps\/web\//,
    may: [
      anyNpmPackage,
      /^packages\/ui\//,
      /^packages\/db\/src\/(permissions|errors|[a-z-]+\.schema)\.ts$/,
      /^packages\/agent\/src\/contract\.ts$/,
      /^apps\/web\/src\/(?!server\/)/,
    ],
    mustNot: [nodeModule, /^(@prisma\/|pg$|isomorphic-git)/, /\/router\.ts$/],
  },
];
