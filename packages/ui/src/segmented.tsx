"use client";
import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";

export type SegmentedProps = {
  value: string;
  onValueChange: (value: string) => void;
  options: { value: string; label: ReactNode; disabled?: boolean }[];
  label: string;
};

/** One of a few, always visible. */
export function Segmented({ value, onValueChange, options, label }: SegmentedProps) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next && onValueChange(next)}
      className="inline-flex w-fit rounded-md bg-sunken p-0.5 ring-1 ring-line"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          className="h-6 rounded-[5px] px-2 text-muted text-xs hover:text-fg disabled:text-subtle data-[state=on]:bg-raised data-[state=on]:font-medium data-[state=on]:text-fg data-[state=on]:shadow-sm pointer-coarse:h-9"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
