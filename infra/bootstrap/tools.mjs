import { join } from "node:path";
import { root } from "./root.mjs";

/** The path of a program that a package brought. */
export function tool(name) {
  return join(root, "node_modules", ".bin", name);
}
