import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

type Hierarchy = { mount: string; version: 1 | 2; controllers: string[] };

const wanted = ["memory", "pids"] as const;

/**
 * Folders for control groups of Heddle's own, made where this machine lets us: what {@link createCgroups} takes as parents.
 * As root that is nearly everywhere; as an ordinary user where systemd has delegated a part of the tree. Empty elsewhere:
 * memory is then held by a watch.
 * @param name of the folder; one for each Heddle on a machine
 * @see cgroups(7)
 */
export async function makeCgroupParents(name: string, root = "/sys/fs/cgroup"): Promise<string[]> {
  const made: string[] = [];
  const held = new Set<string>();
  for (const hierarchy of hierarchies(root)) {
    const offered = wanted.filter((controller) => hierarchy.controllers.includes(controller) && !held.has(controller));
    if (offered.length === 0) continue;
    const folder = await makeFolder(hierarchy, name, offered).catch(() => null);
    if (folder === null) continue;
    made.push(folder);
    for (const controller of offered) held.add(controller);
  }
  return made;
}

function hierarchies(root: string): Hierarchy[] {
  const unified = [root, join(root, "unified")].find((mount) => existsSync(join(mount, "cgroup.controllers")));
  const v2: Hierarchy[] = unified === undefined ? [] : [{ mount: unified, version: 2, controllers: words(unified) }];
  const v1 = wanted
    .filter((controller) => existsSync(join(root, controller, "cgroup.procs")))
    .map((controller): Hierarchy => ({ mount: join(root, controller), version: 1, controllers: [controller] }));
  return [...v2, ...v1];
}

function words(folder: string, file = "cgroup.controllers"): string[] {
  return readFileSync(join(folder, file), "utf8").trim().split(/\s+/);
}

async function makeFolder({ mount, version, controllers }: Hierarchy, name: string, offered: readonly string[]) {
  const own = ownGroup(version === 2 ? "" : (controllers[0] ?? ""));
  // In v2 a group with processes in it cannot have limited groups below: the nearest one above that may be written to.
  for (let path = version === 2 ? dirname(own) : own; ; path = dirname(path)) {
    const folder = join(mount, path);
    if (isWritable(folder)) {
      const child = join(folder, name);
      if (version === 2) await enable(folder, offered);
      await mkdir(child, { recursive: true });
      await removeLeftovers(child);
      if (version === 2) await enable(child, offered);
      return child;
    }
    if (path === "/" || path === ".") return null;
  }
}

/** Empty groups of sandboxes that a killed worker could not remove. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await rmdir(join(folder, entry.name)).catch(() => undefined);
  }
}

async function enable(folder: string, controllers: readonly string[]): Promise<void> {
  await writeFile(join(folder, "cgroup.subtree_control"), controllers.map((name) => `+${name}`).join(" "));
}

/** This process's group in a hierarchy of v1 by its controller, "" for v2. */
function ownGroup(controller: string): string {
  const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  for (const line of lines) {
    const [, names = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (names.split(",").includes(controller)) return path;
  }
  return "/";
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    accessSync(join(folder, "cgroup.procs"), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
