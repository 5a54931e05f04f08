"use client";
import { Link2 } from "lucide-react";
import type { ReactNode } from "react";
import { CodeLine } from "./code-line.tsx";

export type LinkCreatedProps = {
  /** What was made: "The invitation was made". */
  title: string;
  link: string;
  /** For whom it is and how long it lasts. */
  children: ReactNode;
};

/** A link that lets somebody in, on the only occasion it can be read. */
export function LinkCreated({ title, link, children }: LinkCreatedProps) {
  return (
    <section role="status" className="flex flex-col gap-2">
      <h3 className="flex items-center gap-2 font-medium text-sm">
        <Link2 className="size-4 text-accent-text" aria-hidden /> {title}
      </h3>
      <CodeLine text={link} label="Copy link" />
      <p className="text-muted text-sm">
        {children} Copy it now and hand it over in private: Heddle keeps only its hash and cannot show it again.
      </p>
    </section>
  );
}
