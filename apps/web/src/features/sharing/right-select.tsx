import type { ThreadRight } from "@heddle/db/permissions";
import { Select } from "@heddle/ui/select";
import { rightLabels, rightNotes } from "./rights.ts";

type RightSelectProps = {
  label: string;
  rights: readonly ThreadRight[];
  value: ThreadRight;
  disabled?: boolean;
  onChange: (right: ThreadRight) => void;
};

export function RightSelect({ label, rights, value, disabled, onChange }: RightSelectProps) {
  return (
    <Select
      quiet
      aria-label={label}
      value={value}
      disabled={disabled}
      onValueChange={(next) => {
        const right = rights.find((one) => one === next);
        if (right && right !== value) onChange(right);
      }}
      options={rights.map((right) => ({
        value: right,
        label: rightLabels[right],
        note: <span className="text-subtle text-xs">{rightNotes[right]}</span>,
      }))}
    />
  );
}
