import { resumePoint } from "../../../../../../server/resume-point.ts";
import { route } from "../../../../../../server/route.ts";
import { eventStream } from "../../../../../../server/sse.ts";
import { streamThread } from "../../../../../../server/thread-stream.ts";

export const GET = route({ threadId: "thread.read" }, ({ request, runtime, scope, recheck }) => {
  const after = resumePoint(request);
  return eventStream(request, runtime.stopping, (sink) =>
    streamThread({ hub: runtime.hub, sink, scope, after, recheck }),
  );
});
