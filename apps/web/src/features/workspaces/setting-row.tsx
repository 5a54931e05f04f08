import type { ReactNode } from "react";

/** What can be done with the workspace, and the button that does it. */
export function SettingRow({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-4 px-4 py-3 max-sm:flex-col max-sm:items-start">
      <div className="min-w-0">
        <p className="truncate font-medium">{title}</p>
        <p className="text-muted text-xs">{text}</p>
      </div>
      {children}
    </div>
  );
}
