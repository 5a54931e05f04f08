"use client";
import { Check, ChevronsUpDown, type LucideIcon } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { cn } from "./cn.ts";
import { Popover } from "./popover.tsx";

const SHOWN = 100;

export type ComboboxProps = {
  value: string | null;
  onValueChange: (value: string) => void;
  options: readonly string[];
  /** Names the control, e.g. "Base branch". */
  label: string;
  placeholder?: string;
  /** Shown when nothing matches. */
  emptyText?: string;
  icon?: LucideIcon;
  /** Marks one option, e.g. the default branch. */
  noteOf?: (option: string) => string | undefined;
  disabled?: boolean;
  className?: string;
};

/** A searchable choice of many plain names (branches). Shows the first 100 matches. */
export function Combobox(props: ComboboxProps) {
  const { value, onValueChange, options, label, placeholder = "Choose…", emptyText = "No match", noteOf } = props;
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const Icon = props.icon;

  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = options.filter((option) => words.every((word) => option.toLowerCase().includes(word)));
  const shown = matches.slice(0, SHOWN);

  function choose(option: string | undefined) {
    if (option === undefined) return;
    onValueChange(option);
    setOpen(false);
  }

  function move(to: number) {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    setActive(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
  }

  function onKeyDown(event: KeyboardEvent) {
    const target = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (target !== undefined) move(target);
    else if (event.key === "Enter") choose(shown[active]);
    else return;
    event.preventDefault();
  }

  return (
    <Popover
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        setQuery("");
        setActive(Math.max(0, options.indexOf(value ?? "")) % SHOWN);
      }}
      aria-label={label}
      className="flex w-72 flex-col overflow-hidden p-0"
      trigger={
        <button
          type="button"
          aria-label={`${label}: ${value ?? "none"}`}
          disabled={props.disabled}
          className={cn(
            "inline-flex h-7 min-w-0 max-w-60 items-center gap-1.5 rounded-md px-2 text-muted text-xs hover:bg-hover hover:text-fg disabled:cursor-not-allowed disabled:text-subtle pointer-coarse:h-10",
            props.className,
          )}
        >
          {Icon && <Icon className="size-3.5 shrink-0" aria-hidden />}
          <span className="truncate">{value ?? placeholder}</span>
          <ChevronsUpDown className="size-3 shrink-0 text-subtle" aria-hidden />
        </button>
      }
    >
      <input
        role="combobox"
        aria-label={`Search: ${label}`}
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={shown.length > 0 ? `${id}-${active}` : undefined}
        placeholder="Search"
        className="h-9 w-full border-line border-b bg-transparent px-3 text-sm outline-none placeholder:text-subtle"
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
      />
      <div id={`${id}-list`} role="listbox" aria-label={label} className="max-h-72 overflow-y-auto p-1">
        {shown.map((option, index) => (
          <div
            key={option}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={option === value}
            onMouseMove={() => setActive(index)}
            onClick={() => choose(option)}
            onKeyDown={onKeyDown}
            className={cn(
              "flex min-h-7 cursor-default items-center gap-2 rounded-md px-2 text-sm pointer-coarse:min-h-10",
              index === active && "bg-hover",
            )}
          >
            <span className="min-w-0 flex-1 truncate">{option}</span>
            <span className="text-subtle text-xs">{noteOf?.(option)}</span>
            {option === value && <Check className="size-3.5" aria-hidden />}
          </div>
        ))}
      </div>
      <p role="status" className="px-3 pb-2 text-subtle text-xs empty:hidden">
        {matches.length === 0
          ? emptyText
          : matches.length > SHOWN
            ? `${matches.length - SHOWN} more: type to narrow down`
            : null}
      </p>
    </Popover>
  );
}
