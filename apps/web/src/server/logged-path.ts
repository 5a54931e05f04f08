/** A request's path as logs and traces may have it: the last part of a link that lets somebody in is a secret. */
export function loggedPath(path: string): string {
  return path.replace(/^(\/+(?:join|reset)\/).*/i, "$1…");
}
