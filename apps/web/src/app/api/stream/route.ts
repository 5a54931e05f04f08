import { cleanJson } from "@heddle/db/text";
import { openThread } from "../../../server/access.ts";
import { streamPresence } from "../../../server/presence-stream.ts";
import { resumePoint } from "../../../server/resume-point.ts";
import { callerOf, route } from "../../../server/route.ts";
import { eventStream } from "../../../server/sse.ts";
import { streamThread } from "../../../server/thread-stream.ts";
import { streamWorkspace } from "../../../server/workspace-stream.ts";

/** All that one browser tab listens to: the workspace's lists and, with `threadId`, the open thread. */
export const GET = route({ workspace: "workspace.read" }, async ({ request, runtime, scope, recheck }) => {
  const { hub, presence, stopping } = runtime;
  const threadId = cleanJson(new URL(request.url).searchParams.get("threadId"));
  const after = resumePoint(request);
  if (threadId === null) {
    return eventStream(request, stopping, (sink) => streamWorkspace({ hub, sink, scope, recheck }));
  }
  const openAgain = async () => openThread(await callerOf(runtime, request), threadId, "thread.read");
  const thread = await openAgain();
  return eventStream(request, stopping, async (sink) => {
    await Promise.race([
      streamWorkspace({ hub, sink, scope, recheck }),
      streamThread({ hub, sink, scope: thread, after, recheck: openAgain }),
      streamPresence({ presence, sink, scope: thread }),
    ]);
  });
});
