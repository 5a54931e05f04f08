"use client";
import type { LinkProps } from "@heddle/ui/link";
import NextLink from "next/link";
import type { MouseEvent } from "react";
import { isGuarded } from "./leaving.ts";
import { useGo } from "./use-go.ts";

/** The router's link. A page is little more than its address, so it is not worth asking for before the click. */
export function AppLink({ onClick, ...props }: LinkProps) {
  const go = useGo();

  function click(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event);
    const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || props.target === "_blank";
    if (event.defaultPrevented || elsewhere || !isGuarded()) return;
    event.preventDefault();
    go(props.href);
  }

  return <NextLink prefetch={false} {...props} onClick={click} />;
}
