import type { RunnerRequest } from "../command.ts";
import type { Runner } from "../runner.ts";
import type { ExecRequest, ExecResult, NetworkDecision, NetworkList } from "../types.ts";
import { type Door, type DoorOptions, openDoor } from "./door.ts";
import { networkEnvironment } from "./environment.ts";
import { isRefused, refusalSentence } from "./refusals.ts";

/** Open while a command that has the list runs, and not a moment longer. */
type SharedDoor = { opened: Promise<Door>; users: Set<(decision: NetworkDecision) => void> };

const mostRefused = 20;
const newline = 10;

/** Gives commands of a runner the network that they ask for. A command that fails is told at its end what was refused. */
export function withNetwork(runner: Runner, options: DoorOptions): Runner {
  const doors = new Map<NetworkList, SharedDoor>();
  const running = new Set<Promise<unknown>>();

  const openShared = (list: NetworkList): SharedDoor => {
    const users: SharedDoor["users"] = new Set();
    const onDecision = (decision: NetworkDecision) => {
      options.policy.onDecision(decision);
      for (const tell of users) tell(decision);
    };
    const opened = openDoor(runner, list, { ...options, policy: { ...options.policy, onDecision } });
    const door = { opened, users };
    doors.set(list, door);
    return door;
  };

  const through = async (request: RunnerRequest, list: NetworkList): Promise<ExecResult> => {
    const door = doors.get(list) ?? openShared(list);
    const refusals = createRefusals(request.onOutput);
    door.users.add(refusals.note);
    try {
      const { port } = await door.opened;
      const hosts = await options.policy.allowedHosts(list).catch(() => []);
      const env = { ...networkEnvironment(port, hosts), ...request.env };
      const result = await runner.exec({ ...request, env, onOutput: refusals.onOutput });
      if (result.exitCode !== 0) refusals.print();
      return result;
    } finally {
      door.users.delete(refusals.note);
      if (door.users.size === 0) {
        doors.delete(list);
        await door.opened.then(
          (opened) => opened.close(),
          () => {},
        );
      }
      await options.policy.decisionsKept();
    }
  };

  return {
    ...runner,
    exec: async (request) => {
      if (request.network === undefined) return runner.exec(request);
      const result = through(request, request.network);
      running.add(result);
      try {
        return await result;
      } finally {
        running.delete(result);
      }
    },
    close: async () => {
      await runner.close();
      await Promise.allSettled(running);
    },
  };
}

/** Collects what is refused while a command runs: most programs do not show the proxy's own words. */
function createRefusals(onOutput: ExecRequest["onOutput"]) {
  const lines = new Set<string>();
  let atLineStart = true;
  return {
    note: (decision: NetworkDecision) => {
      if (isRefused(decision) && lines.size < mostRefused) lines.add(`Heddle: ${refusalSentence(decision)}\n`);
    },
    onOutput: (chunk: Buffer, stream: "stdout" | "stderr") => {
      atLineStart = chunk.at(-1) === newline;
      onOutput?.(chunk, stream);
    },
    print: () => {
      if (lines.size > 0) onOutput?.(Buffer.from(`${atLineStart ? "" : "\n"}${[...lines].join("")}`), "stderr");
    },
  };
}
