type Explanation = {
  /** What happened, without a full stop. */
  title: string;
  /** What to do, where the message does not say it. */
  advice?: string;
  /** Where it is mended, by those who may. */
  place?: { href: string; label: string };
  /** An item above tells more, and has the buttons. */
  toldAbove?: true;
};

const goesOn = "Try again: the turn goes on where it stopped, and nothing is done twice.";
const providers = { href: "/settings/providers", label: "Model providers" };
const anotherModel = "resend the prompt with another model";

const explanations: Record<string, Explanation> = {
  MODEL_FAILED: { title: "The model did not answer", advice: `${goesOn} If it keeps failing, ${anotherModel}.` },
  MODEL_REFUSED: {
    title: "The provider refused the request",
    advice: `An admin can change the provider in the settings. Or ${anotherModel}.`,
    place: providers,
  },
  MODEL_NOT_FOUND: { title: "The model is gone", advice: "Edit and resend the prompt with another model." },
  NO_MODEL: { title: "There is no model", place: providers },
  PROVIDER_KEY_LOST: { title: "The provider's key is lost", place: providers },
  TURN_LIMIT: { title: "The turn reached a limit" },
  REPEATED_FAILURE: { title: "Stopped: the same call failed again and again" },
  DISK_FULL: { title: "The thread's disk is full" },
  SETUP_FAILED: { title: "The worktree could not be set up", toldAbove: true },
  SANDBOX_UNAVAILABLE: { title: "No command can run on this host" },
  SNAPSHOT_TOO_LARGE: { title: "The files could not be kept" },
  SNAPSHOT_REFUSED: { title: "The files could not be kept" },
  WORKTREE_FAILED: { title: "Git failed in the worktree" },
  GIT_FAILED: { title: "Git failed on the server", advice: goesOn },
  REPOSITORY_BUSY: { title: "The repository is in use" },
  PROJECT_NOT_READY: { title: "The project's repository cannot be read" },
  SOURCE_VANISHED: { title: "The project's repository is gone" },
  REF_NOT_FOUND: {
    title: "The branch to start from is gone",
    advice: "Fetch the project, or start a new thread from another branch.",
  },
  FORBIDDEN: {
    title: "Its sender may not prompt this thread any more",
    advice: "Somebody who may can edit the prompt and send it again.",
  },
  RIGHTS_LOST: {
    title: "Stopped: its sender may not steer this thread any more",
    advice: "Try again: the turn goes on where it stopped, on your rights.",
  },
  FENCED: { title: "Another worker has taken over", advice: goesOn },
  UNAVAILABLE: { title: "A part of Heddle did not answer", advice: goesOn },
  TIMEOUT: { title: "It took too long", advice: goesOn },
  INTERNAL: { title: "Something went wrong in Heddle", advice: goesOn },
};

/** What a failed turn's code means to a person. */
export function explainError(code: string): Explanation {
  return explanations[code] ?? { title: "The turn failed" };
}
