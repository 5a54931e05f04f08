"use client";
import { ImageOff } from "lucide-react";
import type { ReactNode } from "react";
import { type Components, Streamdown, useIsCodeFenceIncomplete } from "streamdown";
import { CodeBlock } from "./code-block.tsx";
import type { MarkdownProps } from "./markdown.tsx";
import { ScrollBox } from "./scroll-box.tsx";

/** Plain elements styled by markdown.css, in place of Streamdown's own. */
const PLAIN = Object.fromEntries(
  "h1 h2 h3 h4 h5 h6 p ul ol li blockquote hr strong em thead tbody tr th td sup sub section"
    .split(" ")
    .map((tag) => [tag, tag]),
) as Components;

const COMPONENTS: Components = {
  ...PLAIN,
  a: ({ node: _, ...props }) => <a {...props} target="_blank" rel="noopener noreferrer nofollow" />,
  code: ({ className, children }) => <Fence className={className} code={textOf(children)} />,
  inlineCode: ({ node: _, className: _class, ...props }) => <code {...props} />,
  img: ({ alt, src }) => <RemoteImage alt={alt} src={typeof src === "string" ? src : undefined} />,
  input: ({ node: _, ...props }) => <input {...props} aria-label={props.checked ? "Done" : "To do"} />,
  table: ({ node: _, className: _class, ...props }) => (
    <ScrollBox label="Table" className="markdown-table">
      <table {...props} />
    </ScrollBox>
  ),
};

export function MarkdownBody({ text, streaming = false }: MarkdownProps) {
  return (
    <Streamdown
      mode={streaming ? "streaming" : "static"}
      isAnimating={streaming}
      components={COMPONENTS}
      controls={false}
      className="contents"
    >
      {text}
    </Streamdown>
  );
}

function Fence({ className = "", code }: { className?: string; code: string }) {
  const incomplete = useIsCodeFenceIncomplete();
  const language = /language-(\S+)/.exec(className)?.[1] ?? "";
  return <CodeBlock code={code} language={language} incomplete={incomplete} />;
}

/** Fetching an address that a model wrote would tell its owner what the thread knows: the reader decides. */
function RemoteImage({ alt, src }: { alt?: string; src?: string }) {
  return (
    <a href={src} target="_blank" rel="noopener noreferrer nofollow" className="inline-flex items-center gap-1">
      <ImageOff className="size-3.5" aria-hidden /> {alt || "Image"} (not loaded)
    </a>
  );
}

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  return Array.isArray(node) ? node.map(textOf).join("") : "";
}
