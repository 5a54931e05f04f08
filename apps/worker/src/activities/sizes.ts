const units = ["bytes", "KB", "MB", "GB", "TB"];

/** A size as people read it: `34 MB`. */
export function sizeText(bytes: number): string {
  const exponent = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** exponent;
  const digits = exponent > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[exponent]}`;
}

/** `1 file`, `1,203 files`. */
export function countText(count: number, noun: string): string {
  return `${new Intl.NumberFormat("en-US").format(count)} ${noun}${count === 1 ? "" : "s"}`;
}
