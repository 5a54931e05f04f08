/** Where to go after signing in: a path of this origin, else the start page. Paths such as `//host` are not. */
export function safePath(given: string | null | undefined): string {
  const here = "http://here.invalid";
  if (!given?.startsWith("/") || !URL.canParse(given, here)) return "/";
  const url = new URL(given, here);
  return url.origin === here && !url.pathname.startsWith("/sign-in") ? url.pathname + url.search + url.hash : "/";
}
