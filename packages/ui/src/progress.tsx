/** A thin line: how far (0 to 1), or that something is under way when unknown. */
export function Progress({ value, label }: { value?: number; label: string }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === undefined ? undefined : Math.round(value * 100)}
      className="h-0.5 w-full overflow-hidden rounded-full bg-line"
    >
      {value === undefined ? (
        <div className="h-full w-1/3 animate-slide bg-accent-text" />
      ) : (
        <div className="h-full bg-accent-text transition-[width] duration-100" style={{ width: `${value * 100}%` }} />
      )}
    </div>
  );
}
