import { TooltipProvider } from "@heddle/ui/tooltip";
import type { ReactNode } from "react";
import { Wordmark } from "../shell/wordmark.tsx";

/** The frame of a page for who is not signed in. @param title of the browser's tab */
export function PublicPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <TooltipProvider>
      <title>{`${title} · Heddle`}</title>
      <main className="flex min-h-dvh flex-col items-center justify-center bg-canvas px-4 py-12">
        <div className="w-full max-w-sm">
          <Wordmark className="mb-6 justify-center" />
          <div className="rounded-xl border border-line bg-surface p-6">{children}</div>
        </div>
      </main>
    </TooltipProvider>
  );
}
