/** The present time as part of a file's name: `2026-11-21T10-58-07`. */
export function fileTime(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(":", "-");
}
