import { programs } from "./programs.ts";
import { supervise } from "./supervise.ts";

await supervise(programs);
