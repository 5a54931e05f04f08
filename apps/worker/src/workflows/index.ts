export { projectWorkflow } from "./project.ts";
export { threadWorkflow } from "./thread.ts";
