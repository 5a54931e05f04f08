import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { freeBytes, inMegabytes } from "../disk.ts";
import { isUsed } from "../home.ts";
import { closeSecrets, generateSecrets, readSecrets } from "../secrets.ts";
import type { Finding, RepairContext } from "./finding.ts";

const littleBytes = 2 ** 30;

/** What lies in a home beside the database and the stores. */
export function checkFiles(context: RepairContext): Finding[] {
  return [...checkSecrets(context), ...checkLeftovers(context), ...checkDisk(context)];
}

function checkSecrets(context: RepairContext): Finding[] {
  const { home } = context;
  const file = home.secretsFile;
  const found = readSecrets(file);
  switch (found.state) {
    case "whole":
      if ((statSync(file).mode & 0o077) === 0) return [];
      return [
        {
          what: `${file} is open to other users of this machine`,
          cure: { would: "close it", apply: async () => void closeSecrets(file) },
        },
      ];
    case "unreadable":
      return [
        { what: `${file} cannot be read (${found.reason})`, advice: "repair as the user it belongs to", blocks: true },
      ];
    case "missing":
    case "damaged":
      return isUsed(home) ? [renewSecrets(context, found.state)] : [];
  }
}

function renewSecrets({ home, setAside }: RepairContext, state: "missing" | "damaged"): Finding {
  const file = home.secretsFile;
  return {
    what: `${file} is ${state}`,
    blocks: true,
    advice:
      "if you have a copy of it, put that back instead: nothing else opens the stored keys of model providers, and whatever else is in this home stays as it is",
    cure: {
      would: "make a new one: the keys of model providers must be entered again, and everybody signs in again",
      async apply() {
        if (state === "damaged") setAside(file);
        generateSecrets(file);
      },
    },
  };
}

/** Drafts of what was cut; whoever makes the next one does not need them. */
const leftover = /^(postgres|sample-project)\.(new-|failed-migration)|^postgres\.before-migration\.new$|\.restoring$/;

function checkLeftovers({ home, setAside }: RepairContext): Finding[] {
  const names = existsSync(home.dir) ? readdirSync(home.dir).filter((name) => leftover.test(name)) : [];
  return names.map((name) => ({
    what: `${join(home.dir, name)} is left of something that was cut`,
    cure: { would: "move it out of the way", apply: async () => void setAside(join(home.dir, name)) },
  }));
}

function checkDisk({ home }: RepairContext): Finding[] {
  const free = freeBytes(home.dir);
  if (free >= littleBytes) return [];
  return [{ what: `the disk of ${home.dir} has only ${inMegabytes(free)} left`, advice: "make room" }];
}
