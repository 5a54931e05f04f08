import { cn } from "./cn.ts";

/** A path whose file name stands out; the folder gives way when there is no room. */
export function FilePath({ path, className }: { path: string; className?: string }) {
  const cut = path.lastIndexOf("/") + 1;
  return (
    <span title={path} className={cn("inline-flex min-w-0 max-w-full font-mono text-xs", className)}>
      {cut > 0 && <span className="min-w-0 shrink truncate text-subtle">{path.slice(0, cut)}</span>}
      <span className="min-w-0 shrink-[0.2] truncate text-fg">{path.slice(cut)}</span>
    </span>
  );
}
