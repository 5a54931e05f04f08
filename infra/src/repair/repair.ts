import { mkdirSync } from "node:fs";
import { hasFiles } from "../disk.ts";
import { explainFailure } from "../explain-failure.ts";
import { ensureHostId, readHostId } from "../host-id.ts";
import { finishPuttingBack } from "../migrate-embedded.ts";
import { readMigrationState } from "../migrations.ts";
import { freePort } from "../ports.ts";
import { createPostgres, isWrongPassword } from "../postgres.ts";
import { endOrphans } from "../run-records.ts";
import { assertNotNewer } from "../schema-stamp.ts";
import { lostKeys } from "../sealed-keys.ts";
import { readSecrets } from "../secrets.ts";
import { messageOf, repairHint, StartFailure } from "../start-failure.ts";
import { checkFiles } from "./files.ts";
import { type Finding, hasOwnDatabase, type RepairContext } from "./finding.ts";
import { checkPostgresFiles, lostData, setPassword } from "./postgres-files.ts";
import { checkAudit, checkRows } from "./rows.ts";
import { checkStores } from "./stores.ts";
import { checkTemporal } from "./temporal-file.ts";

type Options = { doIt: boolean; useCopy: boolean; newTemporal: boolean };

/**
 * Looks at one part of a home after the other, tells what is wrong, and mends it if asked to. What is replaced is moved
 * aside, never deleted.
 * @returns how many findings are open at the end
 */
export async function repair(context: RepairContext, options: Options): Promise<number> {
  const { home, report } = context;
  for (const dir of [home.runDir, home.logsDir, home.temporalDir]) mkdirSync(dir, { recursive: true, mode: 0o700 });
  await endOrphans(home.runDir);
  await finishPuttingBack(home.postgresDir, report);
  report(`Looking at ${home.dir} …`);
  const counts = { found: 0, open: 0 };
  let blocked = false;
  const handle = async (findings: Finding[]) => {
    for (const finding of findings) {
      counts.found += 1;
      if (await mend(finding, options, report)) continue;
      counts.open += 1;
      blocked ||= finding.blocks ?? false;
    }
  };
  await handle(checkFiles(context));
  await handle(checkTemporal(context, options.newTemporal));
  // One damage may hide the next.
  for (let mended = hasOwnDatabase(context); mended; ) {
    const openBefore = counts.open;
    const findings = await checkPostgresFiles(context);
    await handle(findings);
    mended = findings.length > 0 && counts.open === openBefore;
  }
  if (blocked) report("The rows and the stores can be looked at once this is mended.");
  else await handle(await withDatabase(context, handle, (url) => checkContents(context, url, handle)));
  conclude(counts, options, report);
  return counts.open;
}

type Handle = (findings: Finding[]) => Promise<void>;

/** @returns whether it is mended */
async function mend({ what, cure, advice }: Finding, options: Options, report: (line: string) => void) {
  report(`- ${what}.`);
  if (advice) report(`    What you can do: ${advice}.`);
  if (!cure) return false;
  const asked = options.doIt && (cure.flag === undefined || options.useCopy);
  report(`    ${asked ? "Doing it" : "Would"}: ${cure.would}.${cure.flag && !asked ? ` Only with ${cure.flag}.` : ""}`);
  if (!asked) return false;
  try {
    await cure.apply();
    return true;
  } catch (error) {
    report(`    It failed: ${explainFailure(error) ?? messageOf(error)}`);
    return false;
  }
}

function conclude({ found, open }: { found: number; open: number }, { doIt }: Options, report: (line: string) => void) {
  if (found === 0) report("Nothing is wrong.");
  else if (open === 0) report("All of it is mended; start Heddle with npm start.");
  else if (doIt) report(`${open} of ${found} remain.`);
  else report("Nothing was changed. With `npm run repair -- --yes` it does what it would; nothing is ever deleted.");
}

/**
 * Starts the home's own server, if it has one, for as long as `work` takes.
 * @returns what is to be handled now that it has stopped
 */
async function withDatabase(
  context: RepairContext,
  handle: Handle,
  work: (url: string) => Promise<Finding[]>,
): Promise<Finding[]> {
  const { env, home, report } = context;
  if (env.DATABASE_URL) return work(env.DATABASE_URL);
  const secrets = readSecrets(home.secretsFile);
  // A home that has not been used yet has neither.
  if (secrets.state !== "whole" || !hasFiles(home.postgresDir)) return [];
  const { postgresPassword: password } = secrets.secrets;
  assertNotNewer(home.postgresDir);
  for (let attempt = 0; ; attempt += 1) {
    const postgres = await createPostgres(
      { dataDir: home.postgresDir, port: await freePort(), password },
      { runDir: home.runDir, logsDir: home.logsDir, report, endWithParent: true },
    );
    const problem = await postgres.service.start().then(
      () => null,
      (error: unknown) => error,
    );
    if (problem === null) return work(postgres.url()).finally(() => postgres.service.stop());
    if (!isWrongPassword(problem) || attempt > 0) {
      if (!(problem instanceof StartFailure)) throw problem;
      const reason = problem.message.replace(repairHint, "").replace(/[ .]*$/, "");
      return [lostData(context, `the database does not start (${reason})`)];
    }
    let mended = false;
    const what = "the database has another password than the one in secrets.json";
    const apply = async () => {
      await setPassword(home.postgresDir, password);
      mended = true;
    };
    await handle([{ what, cure: { would: "give it that one", apply } }]);
    if (!mended) return [];
  }
}

async function checkContents(context: RepairContext, url: string, handle: Handle): Promise<Finding[]> {
  const { damage, indexes } = await checkRows(context, url);
  await handle(indexes);
  if (damage.length > 0) return damage;
  const { pending } = await readMigrationState(url);
  if (pending.length > 0) {
    context.report("The stores can be looked at once npm start has updated the database.");
    return [];
  }
  const secrets = readSecrets(context.home.secretsFile);
  const keys = context.env.HEDDLE_SECRET_KEYS ?? (secrets.state === "whole" ? secrets.secrets.secretKeys : null);
  if (keys) await handle((await lostKeys(url, keys)).map((what) => ({ what })));
  await handle(checkHostId(context, url));
  await handle(await checkAudit(url));
  await handle(await checkStores(context, url));
  return [];
}

function checkHostId({ home, report }: RepairContext, databaseUrl: string): Finding[] {
  if (readHostId(home.hostIdFile) !== null) return [];
  const apply = () => ensureHostId({ homeDir: home.dir, databaseUrl, report: (line) => report(`    ${line}`) });
  const what = `${home.hostIdFile}, the name under which the database knows the worktrees here, is lost`;
  return [{ what, cure: { would: "find it again by the worktrees, as the next start does", apply } }];
}
