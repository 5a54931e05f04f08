import type { ReactNode, Ref } from "react";

export type ScrollBoxProps = {
  /** What it holds, for screen readers. */
  label: string;
  ref?: Ref<HTMLDivElement>;
  className?: string;
  children: ReactNode;
};

/** A box that scrolls by itself; it takes the focus so that it also scrolls by keyboard. */
export function ScrollBox({ label, ref, className, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div ref={ref} role="group" aria-label={label} tabIndex={0} className={className}>
      {children}
    </div>
  );
}
