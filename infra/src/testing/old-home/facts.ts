/** What every old home holds: written by `make.ts`, looked for by the tests that open one. Its secrets are of no use elsewhere. */
export const oldHomeFacts = {
  owner: { email: "owner@example.test", password: "correct horse battery", token: "hdl_oldhome_0123456789abcdef" },
  provider: { name: "script", apiKey: "sk-test-old-home-0123456789", models: ["scenario-tools", "scenario-401"] },
  project: { name: "Weaving", file: "pattern.txt" },
  threads: {
    /** Three turns, a commit between the second and the third, ignored files. */
    committed: "A thread with a commit",
    /** Its provider refused the key. */
    failed: "A thread that failed",
    /** A command had started when everything was killed; one more turn waits behind it. */
    interrupted: "A thread that was cut",
  },
  /** The name of the bot token and of the second workspace. */
  other: "Night shift",
} as const;
