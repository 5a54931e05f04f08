import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

const VARIANTS = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line-strong bg-raised text-fg hover:bg-hover",
  ghost: "text-muted hover:bg-hover hover:text-fg",
  danger: "bg-danger-solid text-on-danger-solid hover:bg-danger-solid-hover",
};

const SIZES = {
  sm: "h-7 gap-1.5 px-2.5 text-xs pointer-coarse:h-9",
  md: "h-8 gap-1.5 px-3 text-sm pointer-coarse:h-10",
};

export type ButtonProps = ComponentProps<"button"> & {
  variant?: keyof typeof VARIANTS;
  size?: keyof typeof SIZES;
  /** Keeps the label, refuses clicks and shows that something is under way. */
  pending?: boolean;
  /** Style the only child (a link) as the button. */
  asChild?: boolean;
};

export function Button({ variant = "secondary", size = "md", pending, asChild, className, ...props }: ButtonProps) {
  const classes = cn(
    "relative inline-flex shrink-0 select-none items-center justify-center overflow-hidden whitespace-nowrap rounded-md font-medium transition-colors duration-100 disabled:cursor-not-allowed [&_svg]:size-3.5 [&_svg]:shrink-0",
    VARIANTS[variant],
    SIZES[size],
    pending ? "cursor-progress!" : "disabled:border-transparent disabled:bg-hover disabled:text-subtle",
    className,
  );
  if (asChild) return <Slot.Root className={classes} {...props} />;
  const { children, disabled, type = "button", ...rest } = props;
  return (
    <button type={type} className={classes} disabled={disabled || pending} aria-busy={pending || undefined} {...rest}>
      {children}
      {pending && <span className="absolute bottom-0 left-0 h-0.5 w-1/3 animate-slide bg-current opacity-70" />}
    </button>
  );
}
