"use client";
import { Suspense } from "react";
import { lazyPart } from "./lazy-part.ts";

const MarkdownBody = lazyPart(() => import("./markdown-body.tsx").then((module) => module.MarkdownBody));

export type MarkdownProps = {
  text: string;
  /** More is coming: half-written syntax is closed for display. */
  streaming?: boolean;
};

/** A model's markdown. The parser is loaded on first use; until then the plain text stands in. */
export function Markdown(props: MarkdownProps) {
  return (
    <div className="markdown">
      <Suspense fallback={<p className="whitespace-pre-wrap">{props.text}</p>}>
        <MarkdownBody {...props} />
      </Suspense>
    </div>
  );
}
