"use client";
import { Switch as Primitive } from "radix-ui";
import { type ReactNode, useId } from "react";

export type SwitchProps = {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: ReactNode;
  disabled?: boolean;
};

export function Switch({ checked, onCheckedChange, label, disabled }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 pointer-coarse:min-h-10">
      <Primitive.Root
        id={id}
        checked={checked}
        onCheckedChange={onCheckedChange}
        disabled={disabled}
        className="h-4.5 w-8 shrink-0 rounded-full bg-control p-0.5 transition-colors duration-100 disabled:opacity-50 data-[state=checked]:bg-accent"
      >
        <Primitive.Thumb className="block size-3.5 rounded-full bg-white transition-transform duration-100 data-[state=checked]:translate-x-3.5" />
      </Primitive.Root>
      <label htmlFor={id} className="text-sm">
        {label}
      </label>
    </div>
  );
}
