/** The sandbox died while a command ran in it: whether and how far the command had an effect is unknown. */
export class SandboxLost extends Error {
  override readonly name = "SandboxLost";
}

/** The sandbox could not be started; the message is a sentence for people. No command has run. */
export class SandboxUnavailable extends Error {
  override readonly name = "SandboxUnavailable";
}

const knownCauses: readonly [RegExp, string][] = [
  [/unknown option/i, "The installed bubblewrap is too old: version 0.8 or newer is needed."],
  [
    /unshare failed|mount: .*(permission denied|not permitted)/i,
    "Heddle runs as root but may not create a mount namespace: run it as an ordinary user, or give its container CAP_SYS_ADMIN.",
  ],
  [
    /setting up uid map|(creating|create) new (user )?namespace|user namespaces/i,
    "This machine does not allow user namespaces (see kernel.unprivileged_userns_clone, user.max_user_namespaces and AppArmor), which the sandbox needs.",
  ],
  [/execvp .*perl/i, "The program perl is not installed, so commands cannot be run safely."],
];

/** Turns what bwrap or the runner printed before it ended into a sentence for people. */
export function explainStart(printed: string): SandboxUnavailable {
  const known = knownCauses.find(([pattern]) => pattern.test(printed))?.[1];
  const otherwise = `The sandbox does not start: ${printed.trim() || "it ended without a word"}`;
  return new SandboxUnavailable(known ?? otherwise, { cause: printed });
}
