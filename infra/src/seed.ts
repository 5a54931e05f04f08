import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { bootstrapWorkspace } from "@heddle/db/bootstrap";
import { createDatabase } from "@heddle/db/database";
import type { Env } from "./env.ts";
import type { Home } from "./home.ts";
import { ensureSampleProject } from "./sample-project.ts";

export type SignIn = {
  email: string;
  /** Present only while nobody can know it: it was generated and has not been shown yet. */
  password?: string;
  /** To be called once the password has been shown. */
  shown: () => void;
};

/** The owner, workspace, demo provider and sample project; on later starts only the demo provider's address changes. */
export async function seed(
  env: Env,
  home: Home,
  options: { databaseUrl: string; demoModel: { baseUrl: string; models: string[] } },
): Promise<SignIn> {
  await ensureSampleProject(home.sampleProjectDir);
  const password = firstPassword(env, home);
  const database = createDatabase({ url: options.databaseUrl, poolSize: 2 });
  try {
    const { created, email } = await bootstrapWorkspace(database, {
      email: env.HEDDLE_BOOTSTRAP_EMAIL,
      password: password.text,
      token: env.HEDDLE_BOOTSTRAP_TOKEN,
      demoProvider: options.demoModel,
      sampleProjectPath: home.sampleProjectDir,
    });
    return { email, ...passwordToShow(home, created, password) };
  } finally {
    await database.close();
  }
}

function passwordToShow(home: Home, isNew: boolean, password: FirstPassword): Pick<SignIn, "password" | "shown"> {
  const shown = () => rmSync(home.firstPasswordFile, { force: true });
  if (password.source !== "operator" && (isNew || password.source === "remembered")) {
    return { password: password.text, shown };
  }
  shown();
  return { shown };
}

type FirstPassword = { text: string; source: "operator" | "remembered" | "generated" };

function firstPassword(env: Env, home: Home): FirstPassword {
  if (env.HEDDLE_BOOTSTRAP_PASSWORD) return { text: env.HEDDLE_BOOTSTRAP_PASSWORD, source: "operator" };
  const file = home.firstPasswordFile;
  if (existsSync(file)) return { text: readFileSync(file, "utf8"), source: "remembered" };
  const text = randomBytes(12).toString("base64url");
  // Kept until shown: a start that ends between seeding and showing must not lock the owner out.
  writeFileSync(file, text, { mode: 0o600 });
  return { text, source: "generated" };
}
