import type { ReactNode } from "react";

type SectionProps = { title: string; description: string; actions?: ReactNode; children: ReactNode };

/** The frame of one page of the settings. */
export function SettingsSection({ title, description, actions, children }: SectionProps) {
  return (
    <section aria-labelledby="section-title" className="flex max-w-5xl flex-col gap-4">
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h2 id="section-title" className="font-semibold text-lg">
            {title}
          </h2>
          <p className="text-muted">{description}</p>
        </div>
        {actions}
      </header>
      {children}
    </section>
  );
}
