import { callApi } from "../../../../server/api.ts";
import { route } from "../../../../server/route.ts";

const handler = route("public", ({ runtime, request }) => callApi(runtime, request));

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
