import { mkdirSync, renameSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Env } from "../env.ts";
import { fileTime } from "../file-time.ts";
import type { HomePaths } from "../home.ts";

/** Something that is wrong, and what can be done about it. */
export type Finding = {
  /** A sentence for a person, without its full stop. */
  what: string;
  cure?: Cure;
  /** For what only a person can do. */
  advice?: string;
  /** Until it is mended the database cannot be started, and so the rest not be looked at. */
  blocks?: true;
};

export type Cure = {
  /** Completes "would …". */
  would: string;
  /** The flag that asks for it, because something is given up by it. */
  flag?: "--use-copy";
  apply(): Promise<void>;
};

export type RepairContext = {
  env: Env;
  home: HomePaths;
  /** Moves a file or folder of the home to where nothing uses it; nothing is ever deleted. @returns its place there */
  setAside(path: string): string;
  report: (line: string) => void;
};

export function createContext(env: Env, home: HomePaths, report: (line: string) => void): RepairContext {
  const aside = join(home.dir, `set-aside-${fileTime()}`);
  return {
    env,
    home,
    report,
    setAside(path) {
      const target = join(aside, relative(home.dir, path));
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      renameSync(path, target);
      report(`    ${path} is kept as ${target}`);
      return target;
    },
  };
}

/** The operator's own server takes the place of the home's. */
export const hasOwnDatabase = ({ env }: RepairContext) => env.DATABASE_URL === undefined;
