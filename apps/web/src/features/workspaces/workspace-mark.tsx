/** The first letter of a workspace's name, on a square: people are round. */
export function WorkspaceMark({ name }: { name: string }) {
  return (
    <span
      aria-hidden
      className="grid size-5 shrink-0 place-items-center rounded bg-accent font-semibold text-on-accent text-xs"
    >
      {[...name.trim()][0]?.toUpperCase()}
    </span>
  );
}
