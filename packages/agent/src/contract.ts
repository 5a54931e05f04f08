/** Names that the web process, the workflows and the workers agree on. Temporal carries ids only, never text. */
export const controlQueue = "control";
export const hostQueue = (hostId: string) => `host-${hostId}`;

export const threadWorkflowType = "threadWorkflow";
export const projectWorkflowType = "projectWorkflow";
export const threadWorkflowId = (threadId: string) => `thread:${threadId}`;
export const projectWorkflowId = (projectId: string) => `project:${projectId}`;

/** Carries nothing: whoever gets it reads what is pending. */
export const pokeSignal = "poke";

export type ThreadWorkflowInput = { threadId: string };
export type ProjectWorkflowInput = { projectId: string };
