import { advertiseRefs } from "../../../../../server/git-http.ts";
import { route } from "../../../../../server/route.ts";

export const GET = route({ projectId: "thread.read" }, ({ request, runtime, scope }) =>
  advertiseRefs(scope, runtime.env.HEDDLE_HOME, request),
);
