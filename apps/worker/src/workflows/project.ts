import { type ProjectWorkflowInput, pokeSignal } from "@heddle/agent/contract";
import { defineSignal, setHandler } from "@temporalio/workflow";
import { hostIsSilent } from "./failures.ts";
import { control, host } from "./proxies.ts";

/** Brings a project's store up to date with its source; once more if it was poked meanwhile. */
export async function projectWorkflow({ projectId }: ProjectWorkflowInput): Promise<void> {
  let poked = false;
  setHandler(defineSignal(pokeSignal), () => {
    poked = true;
  });
  do {
    poked = false;
    const hostId = await control.chooseHost();
    await host(hostId)
      .fetchProject({ projectId })
      .catch((error: unknown) => {
        if (!hostIsSilent(error)) throw error;
        poked = true;
      });
  } while (poked);
}
