/** Where to go after signing in: a path of this origin, else the start page. Paths such as `//host` are not. */
export function safePath(given: string | null | undefined): string {
  const here = "http://here.invalid";
  if (!given?.startsWith("/") || !URL.canParse(given, here)) return "/";
  const { hash, origin, pathname, search } = new URL(given, here);
  // `/.//host` is a path of this origin, and what is left of it, `//host`, is not.
  const stays = origin === here && !pathname.startsWith("//") && !pathname.startsWith("/sign-in");
  return stays ? pathname + search + hash : "/";
}
