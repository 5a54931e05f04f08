import { fileURLToPath } from "node:url";

/** The checkout; this file and the bundles lie equally deep in it. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
