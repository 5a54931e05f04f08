export type Density = "comfortable" | "compact";

export const densityCookie = "heddle-density";

export function parseDensity(value: string | undefined): Density {
  return value === "compact" ? "compact" : "comfortable";
}
