import { fileURLToPath } from "node:url";
import { createEgressFetch } from "@heddle/agent/models/egress";
import { makeCgroupParents } from "@heddle/agent/sandbox/cgroup-parents";
import { createSandboxes, sandboxAvailable } from "@heddle/agent/sandbox/sandboxes";
import { createDatabase } from "@heddle/db/database";
import { startHost } from "@heddle/db/hosts";
import { rotateSecrets } from "@heddle/db/rotate-secrets";
import { createSecretBox } from "@heddle/db/secrets";
import { createLog } from "@heddle/telemetry/log";
import { startTracing } from "@heddle/telemetry/tracing";
import { startEmails } from "./email/email-loop.ts";
import { createMailer } from "./email/mailer.ts";
import { readEnv } from "./env.ts";
import { serveHealth } from "./health.ts";
import { readHostId } from "./host-id.ts";
import { createInterrupts } from "./interrupts.ts";
import { createNetworkPolicies } from "./network-policies.ts";
import { installTemporalLog } from "./temporal-log.ts";
import { version } from "./version.ts";
import { startWorker } from "./worker.ts";

const exitAfterMs = 4_500;

async function main(): Promise<void> {
  const env = readEnv();
  const log = createLog({ name: "worker", level: env.logLevel });
  const endpoint = env.traceEndpoint;
  const stopTracing =
    endpoint === undefined ? null : await startTracing({ service: "heddle-worker", version, endpoint });
  installTemporalLog(log);
  const db = createDatabase({ url: env.databaseUrl, poolSize: 20 });
  const fence = await startHost(db, await readHostId(env.homeDir));
  const cgroups = await makeCgroupParents(`heddle-${fence.hostId}`);
  const sandboxes = createSandboxes({ homeDir: env.homeDir, limits: env.sandboxLimits, cgroups });
  const network = createNetworkPolicies(db, log);
  const sandbox = await sandboxAvailable();
  if (!sandbox.ok) log.error({ reason: sandbox.reason }, "commands are refused: the sandbox is not available");

  const secrets = createSecretBox(env.secretKeys);
  const rotated = await rotateSecrets(db, secrets);
  if (rotated > 0) log.info({ count: rotated }, "secrets are under the newest secret key now");
  const allowPrivate = (host: string) => env.allowedPrivateHosts.has(host);

  const worker = await startWorker(
    {
      db,
      secrets,
      homeDir: env.homeDir,
      fence,
      sandboxes,
      interrupts: createInterrupts(db),
      network,
      fetch: createEgressFetch({ allowPrivate }),
      remotes: { allowPrivate, caFile: env.gitCaFile },
      log,
    },
    {
      temporalAddress: env.temporalAddress,
      workflows: { workflowBundle: { codePath: fileURLToPath(new URL("workflow-bundle.js", import.meta.url)) } },
    },
  );

  const emails = env.email === null ? null : startEmails(db, createMailer(env.email), log);
  const health = env.healthPort === undefined ? null : serveHealth(env.healthPort);

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      log.info({ signal }, "stopping");
      setTimeout(() => process.exit(1), exitAfterMs).unref();
      worker.stop();
    });
  }
  log.info({ hostId: fence.hostId, epoch: fence.epoch }, "worker is ready");
  try {
    await worker.done;
  } finally {
    health?.close();
    await emails?.stop();
    await sandboxes.closeAll();
    await network.close();
    await db.close();
    await stopTracing?.();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${JSON.stringify({ level: 60, name: "worker", msg: String(error) })}\n`);
    process.exit(1);
  },
);
