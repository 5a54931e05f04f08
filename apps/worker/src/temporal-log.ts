import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { Logger } from "pino";

/** Sends what the SDK says to our log; an activity's failure is logged where it is turned into a code already. */
export function installTemporalLog(log: Logger): void {
  Runtime.install({
    logger: new DefaultLogger("WARN", ({ level, message, meta }) => {
      if (message === "Activity failed") return;
      log[level === "ERROR" ? "error" : "warn"]({ workflowId: meta?.workflowId, err: meta?.error }, message);
    }),
    telemetryOptions: { logging: { filter: "WARN" } },
    shutdownSignals: [],
  });
}
