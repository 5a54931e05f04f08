import { sendPack } from "../../../../server/git-http.ts";
import { route } from "../../../../server/route.ts";

export const POST = route({ projectId: "thread.read" }, ({ request, runtime, scope }) =>
  sendPack(scope, runtime.env.HEDDLE_HOME, request),
);
