export type Theme = "system" | "light" | "dark";

export const themeCookie = "heddle-theme";

export function parseTheme(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}
