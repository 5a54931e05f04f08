"use client";
import { Check, ChevronsUpDown } from "lucide-react";
import { Select as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import type { FieldControl } from "./field.tsx";
import { fieldClasses } from "./input.tsx";
import { menuClasses, menuItemClasses } from "./menu-classes.ts";

export type SelectOption = { value: string; label: string; note?: ReactNode; disabled?: boolean };
export type SelectGroup = { label: string; options: SelectOption[] };

export type SelectProps = {
  value: string | undefined;
  onValueChange: (value: string) => void;
  options?: SelectOption[];
  groups?: SelectGroup[];
  placeholder?: string;
  disabled?: boolean;
  /** Without a border, for toolbars. */
  quiet?: boolean;
  side?: "top" | "bottom";
  "aria-label"?: string;
  className?: string;
} & Partial<FieldControl>;

export function Select(props: SelectProps) {
  const { value, onValueChange, options, groups, placeholder, disabled, quiet, side, className, required, ...aria } =
    props;
  return (
    <Primitive.Root value={value} onValueChange={onValueChange} disabled={disabled} required={required}>
      <Primitive.Trigger
        {...aria}
        className={cn(
          quiet
            ? "inline-flex h-7 min-w-0 items-center gap-1.5 rounded-md px-2 text-muted text-xs hover:bg-hover hover:text-fg disabled:text-subtle pointer-coarse:h-10"
            : [fieldClasses, "flex h-8 items-center justify-between gap-2 pointer-coarse:h-10"],
          className,
        )}
      >
        <span className="truncate">
          <Primitive.Value placeholder={placeholder} />
        </span>
        <Primitive.Icon asChild>
          <ChevronsUpDown className="size-3 shrink-0 text-subtle" aria-hidden />
        </Primitive.Icon>
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            menuClasses,
            "max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width)",
          )}
        >
          <Primitive.Viewport>
            {options?.map((option) => (
              <Option key={option.value} {...option} />
            ))}
            {groups?.map((group) => (
              <Primitive.Group key={group.label}>
                <Primitive.Label className="px-2 pt-1.5 pb-1 text-subtle text-xs">{group.label}</Primitive.Label>
                {group.options.map((option) => (
                  <Option key={option.value} {...option} />
                ))}
              </Primitive.Group>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function Option({ value, label, note, disabled }: SelectOption) {
  return (
    <Primitive.Item value={value} disabled={disabled} className={menuItemClasses}>
      <Primitive.ItemText>{label}</Primitive.ItemText>
      <span className="flex-1">{note}</span>
      <Primitive.ItemIndicator>
        <Check aria-hidden />
      </Primitive.ItemIndicator>
    </Primitive.Item>
  );
}
