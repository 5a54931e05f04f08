/** The sandbox died while a command ran in it: whether and how far the command had an effect is unknown. */
export class SandboxLost extends Error {
  override readonly name = "SandboxLost";
}

/** The sandbox could not be started; the message says why. No command has run. */
export class SandboxUnavailable extends Error {
  override readonly name = "SandboxUnavailable";
}
