"use client";
import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

/** What a control inside a field must spread onto itself. */
export type FieldControl = { id: string; "aria-describedby"?: string; "aria-invalid"?: true; required?: boolean };

export type FieldProps = {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  required?: boolean;
  /** Says "optional" beside the label. */
  optional?: boolean;
  children: (control: FieldControl) => ReactNode;
};

/** A label, its control, a hint, and below it what is wrong. */
export function Field({ label, hint, error, required, optional, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(" ");
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-fg text-sm">
        {label}
        {optional && <span className="ml-1.5 font-normal text-subtle text-xs">optional</span>}
      </label>
      {children({
        id,
        "aria-describedby": describedBy || undefined,
        "aria-invalid": error ? true : undefined,
        required,
      })}
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="flex gap-1.5 text-danger text-xs">
          <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
          {error}
        </p>
      )}
    </div>
  );
}
