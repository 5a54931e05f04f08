import { route } from "../../../../server/route.ts";
import { handleTrpc } from "../../../../server/trpc-handler.ts";

const handler = route("public", ({ runtime, request }) => handleTrpc(runtime, request));

export { handler as GET, handler as POST };
