import { advertiseRefs } from "../../../../../server/git-http.ts";
import { route } from "../../../../../server/route.ts";
import { bringCommitted } from "../../../../../server/thread-store.ts";

export const GET = route({ projectId: "thread.read" }, async ({ request, runtime, scope }) => {
  await bringCommitted(scope, runtime);
  return advertiseRefs(scope, runtime.env.HEDDLE_HOME, request);
});
