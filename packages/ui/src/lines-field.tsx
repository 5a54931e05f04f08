"use client";
import { CircleAlert } from "lucide-react";
import { Field } from "./field.tsx";
import { Textarea } from "./input.tsx";

export type LinesFieldProps = {
  label: string;
  hint: string;
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with a line, by its index from 0. */
  errors?: Record<number, string>;
  readOnly?: boolean;
};

/** A list that is written one entry per line; each wrong line says what is wrong with it. */
export function LinesField({ label, hint, value, onChange, errors = {}, readOnly }: LinesFieldProps) {
  const lines = value.split("\n");
  const wrong = Object.entries(errors);
  return (
    <Field label={label} hint={hint} optional>
      {(control) => (
        <>
          <Textarea
            {...control}
            aria-invalid={wrong.length > 0 || undefined}
            aria-describedby={[control["aria-describedby"], wrong.length > 0 && `${control.id}-lines`]
              .filter(Boolean)
              .join(" ")}
            value={value}
            readOnly={readOnly}
            rows={3}
            spellCheck={false}
            autoCapitalize="off"
            onChange={(event) => onChange(event.target.value)}
            className="field-sizing-content max-h-60 min-h-16 font-mono text-xs leading-[18px]"
          />
          {wrong.length > 0 && (
            <ul id={`${control.id}-lines`} className="flex flex-col gap-1 text-danger text-xs">
              {wrong.map(([line, message]) => (
                <li key={line} className="flex gap-1.5">
                  <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
                  <span className="min-w-0 [overflow-wrap:anywhere]">
                    Line {Number(line) + 1}, <code className="font-mono">{lines[Number(line)]}</code>: {message}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Field>
  );
}
