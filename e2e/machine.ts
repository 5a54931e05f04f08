import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/** What the figures were measured on, in words that name no machine. */
export function machine(): string {
  const system = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  return `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, Node ${process.version}`;
}
