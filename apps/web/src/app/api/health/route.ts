import { healthResponse } from "../../../server/health.ts";
import { route } from "../../../server/route.ts";

export const GET = route("public", ({ runtime }) => healthResponse(runtime));
