import "vitest";

/** Where the servers of a test run are. */
export type TestServices = {
  /** A migrated database that serves as template only: nothing may connect to it. */
  templateUrl: string;
  /** For making databases. */
  adminUrl: string;
  /** `host:port` of a Temporal server with the namespace `default`. */
  temporalAddress: string;
};

declare module "vitest" {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be added to
  export interface ProvidedContext {
    testServices: TestServices;
  }
}
