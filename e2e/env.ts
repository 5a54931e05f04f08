/** What the stacks under test inherit, as they would from a person's shell. */
export const shellEnv: NodeJS.ProcessEnv = process.env;
