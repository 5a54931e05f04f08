"use client";
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Field, type FieldProps } from "./field.tsx";
import { IconButton } from "./icon-button.tsx";
import { Input } from "./input.tsx";

export type PasswordFieldProps = Omit<FieldProps, "children"> & {
  name: string;
  /** Tells the browser's password store whether to fill in or to suggest. */
  autoComplete: "current-password" | "new-password";
};

/** A password, hidden until its writer wants to see it. */
export function PasswordField({ name, autoComplete, ...field }: PasswordFieldProps) {
  const [visible, setVisible] = useState(false);
  const what = field.label.toLowerCase();
  return (
    <Field {...field}>
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            name={name}
            type={visible ? "text" : "password"}
            autoComplete={autoComplete}
            className="pr-9"
          />
          <IconButton
            icon={visible ? EyeOff : Eye}
            label={visible ? `Hide the ${what}` : `Show the ${what}`}
            size="sm"
            onClick={() => setVisible(!visible)}
            className="absolute inset-y-0 right-1 my-auto"
          />
        </div>
      )}
    </Field>
  );
}
