"use client";
import { Field } from "@heddle/ui/field";
import { Select } from "@heddle/ui/select";
import type { Member } from "./member-table.tsx";

type HeirFieldProps = {
  /** Who may be chosen. */
  members: Member[];
  /** Their name where none is chosen. */
  otherwise: string;
  value: string | null;
  onChange: (userId: string | null) => void;
};

const nobody = "-";

/** Who gets the private threads of a member who goes. */
export function HeirField({ members, otherwise, value, onChange }: HeirFieldProps) {
  return (
    <div className="mt-3 text-fg">
      <Field label="Private threads go to" hint="They stay private. Shared threads stay where they are.">
        {(control) => (
          <Select
            {...control}
            value={value ?? nobody}
            onValueChange={(next) => onChange(next === nobody ? null : next)}
            options={[
              { value: nobody, label: otherwise },
              ...members.map(({ id, name, role }) => ({ value: id, label: `${name} (${role})` })),
            ]}
          />
        )}
      </Field>
    </div>
  );
}
