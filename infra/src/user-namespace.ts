import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

/** Whether the system knows a name for this process's user; in containers it often does not. */
export function hasUserName(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

/**
 * Put before a program, makes it run in a user namespace in which it passes for an ordinary user with a name: without
 * privileges, but still the owner of the same files. `unshare` replaces itself by the program, so pid and signals are the
 * program's own.
 */
export function ordinaryUserPrefix(): string[] {
  return ["unshare", "--user", `--map-user=${ordinaryUid()}`, "--map-group=1", "--"];
}

function ordinaryUid(): string {
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  return users.find(([, , uid]) => uid && uid !== "0")?.[2] ?? "65534";
}
