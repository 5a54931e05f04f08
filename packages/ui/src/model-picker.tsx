"use client";
import { Badge } from "./badge.tsx";
import { Select, type SelectGroup } from "./select.tsx";
import type { ModelOption } from "./types.ts";

export type ModelPickerProps = {
  /** Absent while they are being read. */
  models?: readonly ModelOption[];
  value: string | undefined;
  onValueChange: (value: string) => void;
  disabled?: boolean;
};

/** The models of all providers. A scripted model says so, in the list and when chosen. */
export function ModelPicker({ models: known, value, onValueChange, disabled }: ModelPickerProps) {
  const models = known ?? [];
  const groups = new Map<string, SelectGroup>();
  for (const model of models) {
    const group = groups.get(model.provider) ?? { label: model.provider, options: [] };
    group.options.push({ value: model.value, label: model.label, note: model.demo ? <DemoBadge /> : undefined });
    groups.set(model.provider, group);
  }
  const chosen = models.find((model) => model.value === value);
  return (
    <span className="flex min-w-0 items-center gap-1">
      <Select
        quiet
        side="top"
        aria-label="Model"
        placeholder={known === undefined ? "Models" : known.length === 0 ? "No model set up" : "Choose a model"}
        value={value}
        onValueChange={onValueChange}
        disabled={disabled || models.length === 0}
        groups={[...groups.values()]}
        className="max-w-52"
      />
      {chosen?.demo && <DemoBadge />}
    </span>
  );
}

function DemoBadge() {
  return <Badge tone="accent">Scripted demo</Badge>;
}
