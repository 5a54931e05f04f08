import { cn } from "./cn.ts";

const HUES = [25, 60, 110, 155, 200, 250, 290, 335];

/** Initials on a colour that belongs to the name. */
export function Avatar({ name, size = 20, className }: { name: string; size?: number; className?: string }) {
  const words = name
    .trim()
    .split(/[\s._-]+/)
    .filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  const hue = HUES[[...name].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0, 7) % HUES.length];
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      className={cn(
        "inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold",
        className,
      )}
      style={{
        width: size,
        height: size,
        fontSize: Math.max(9, Math.round(size * 0.42)),
        background: `light-dark(oklch(0.9 0.05 ${hue}), oklch(0.36 0.06 ${hue}))`,
        color: `light-dark(oklch(0.38 0.09 ${hue}), oklch(0.9 0.06 ${hue}))`,
      }}
    >
      {initials.join("").toUpperCase()}
    </span>
  );
}
