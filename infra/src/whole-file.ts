import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";

/** Writes a file whole or not at all, also when the power fails. */
export function writeWhole(file: string, content: string, mode = 0o644): void {
  const draft = `${file}.new`;
  const fd = openSync(draft, "w", mode);
  try {
    writeSync(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, file);
}

/** The same unless the file exists. */
export function writeWholeOnce(file: string, content: () => string, mode?: number): void {
  if (!existsSync(file)) writeWhole(file, content(), mode);
}
