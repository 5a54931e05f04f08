import type { FrameSizes } from "@heddle/ui/app-frame";

export const frameCookie = "heddle-frame";

/** Widths as `288.560`; undefined when absent or out of shape. */
export function parseSizes(value: string | undefined): FrameSizes | undefined {
  const [, sidebar, work] = /^(\d{1,4})\.(\d{1,4})$/.exec(value ?? "") ?? [];
  return sidebar && work ? { sidebar: Number(sidebar), work: Number(work) } : undefined;
}
