import { notify } from "../shell/notify.ts";
import { signOut } from "./credentials.ts";

/** Signs out and goes on at `path`, with a full load; says so where it fails. */
export async function leave(path: string): Promise<void> {
  try {
    await signOut();
    location.assign(path);
  } catch {
    void notify("You are still signed in", { description: "Heddle cannot be reached. Try again in a moment." });
  }
}
