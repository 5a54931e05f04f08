/** The product's name with its mark: three warp threads, held apart. */
export function Wordmark({ className = "" }: { className?: string }) {
  return (
    <span className={`flex items-center gap-2 font-semibold text-base tracking-tight ${className}`}>
      <svg viewBox="0 0 16 16" className="size-4 text-accent-text" aria-hidden="true">
        <path
          d="M3.5 2v12M8 2v12M12.5 2v12M1 6h2.5m9 4H15M3.5 10H8m0-4h4.5"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeLinecap="round"
        />
      </svg>
      Heddle
    </span>
  );
}
