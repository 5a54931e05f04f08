import type { LinkProps } from "@heddle/ui/link";
import NextLink from "next/link";

/** The router's link. A page is little more than its address, so it is not worth asking for before the click. */
export function AppLink(props: LinkProps) {
  return <NextLink prefetch={false} {...props} />;
}
