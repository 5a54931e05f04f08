import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { endProcess, isRunning } from "./process-identity.ts";

const recordSchema = z.object({
  pid: z.number(),
  startTime: z.string(),
  stopSignal: z.enum(["SIGTERM", "SIGINT"]),
  stopGraceMs: z.number(),
});
type RunRecord = z.infer<typeof recordSchema>;

const suffix = ".json";

/** Notes in `runDir` which process a service is, so that a later supervisor can end it if this one is killed. */
export function recordService(runDir: string, name: string, record: RunRecord): void {
  const file = join(runDir, name + suffix);
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

export function forgetService(runDir: string, name: string): void {
  rmSync(join(runDir, name + suffix), { force: true });
}

/** Ends the processes that a killed supervisor left behind. @returns their names */
export async function endOrphans(runDir: string): Promise<string[]> {
  const names = readdirSync(runDir).filter((file) => file.endsWith(suffix));
  const ended = await Promise.all(names.map((file) => endOrphan(join(runDir, file))));
  return names.filter((_, index) => ended[index]).map((file) => file.slice(0, -suffix.length));
}

async function endOrphan(file: string): Promise<boolean> {
  const record = readRecord(file);
  const orphaned = record !== undefined && isRunning(record);
  if (orphaned) await endProcess(record, record.stopSignal, record.stopGraceMs);
  rmSync(file, { force: true });
  return orphaned;
}

/** Nothing for half a file, such as a power cut leaves. */
function readRecord(file: string): RunRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined;
  }
}
