"use client";
import { useId } from "react";

export type CheckboxProps = {
  id?: string;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: string;
  hint?: string;
  disabled?: boolean;
};

export function Checkbox({ id, checked, onCheckedChange, label, hint, disabled }: CheckboxProps) {
  const own = useId();
  const name = id ?? own;
  return (
    <div className="flex items-start gap-2.5">
      <input
        id={name}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${name}-hint` : undefined}
        onChange={(event) => onCheckedChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <div>
        <label htmlFor={name} className="text-sm">
          {label}
        </label>
        {hint && (
          <p id={`${name}-hint`} className="text-muted text-xs">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
