import { cn } from "./cn.ts";

/** Keys to press together or one after another, e.g. `["⌘", "Enter"]`. */
export function Kbd({ keys, className }: { keys: string[]; className?: string }) {
  return (
    <kbd className={cn("inline-flex shrink-0 gap-0.5 font-sans", className)}>
      {keys.map((key) => (
        <span
          key={key}
          className="min-w-4.5 rounded-sm border border-line-strong bg-sunken px-1 text-center text-2xs text-muted leading-4"
        >
          {key}
        </span>
      ))}
    </kbd>
  );
}
