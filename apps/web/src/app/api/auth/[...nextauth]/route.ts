import { handleAuth } from "../../../../server/auth-handler.ts";
import { route } from "../../../../server/route.ts";

const handler = route("public", ({ runtime, request, params }) =>
  handleAuth(runtime, request, [params.nextauth ?? []].flat()),
);

export { handler as GET, handler as POST };
