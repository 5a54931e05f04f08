"use client";
import { type ComponentProps, type ComponentType, createContext, type ReactNode, useContext } from "react";

export type LinkProps = ComponentProps<"a"> & { href: string };
type LinkComponent = ComponentType<LinkProps> | "a";

const LinkContext = createContext<LinkComponent>("a");

/** Gives the kit the router's link; without it links are plain anchors. */
export function LinkProvider({ component, children }: { component: LinkComponent; children: ReactNode }) {
  return <LinkContext value={component}>{children}</LinkContext>;
}

export function Link(props: LinkProps) {
  const Component = useContext(LinkContext);
  return <Component {...props} />;
}
