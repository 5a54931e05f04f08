import type { ReactNode } from "react";

/** One preference: what it is, and the control that changes it. */
export function Preference({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-line border-b px-4 py-3 last:border-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{title}</p>
        {hint && <p className="text-muted text-xs">{hint}</p>}
      </div>
      {children}
    </div>
  );
}
