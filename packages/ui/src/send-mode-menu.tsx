"use client";
import { ChevronDown } from "lucide-react";
import { DropdownMenu as Primitive } from "radix-ui";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { DropdownMenu } from "./dropdown-menu.tsx";
import { Kbd } from "./kbd.tsx";
import { menuItemClasses } from "./menu-classes.ts";
import type { SendMode } from "./queue-panel.tsx";
import { useModKey } from "./use-mod-key.ts";

export type SendModeMenuProps = {
  mode: SendMode;
  onModeChange: (mode: SendMode) => void /** Looks like the button that it belongs to. */;
  ready: boolean;
};

const MODES = [
  { mode: "queue", label: "Queue", does: "Starts when this turn has ended" },
  { mode: "steer", label: "Steer now", does: "The agent reads it at its next step" },
] as const;

/** The other half of the send button while a turn runs: what sending means. */
export function SendModeMenu({ mode, onModeChange, ready }: SendModeMenuProps) {
  const mod = useModKey();
  return (
    <DropdownMenu
      side="top"
      trigger={
        <Button
          size="sm"
          variant="primary"
          aria-label="How to send"
          className={cn(
            "rounded-l-none border-l px-1.5",
            ready ? "border-on-accent/25" : "border-line-strong bg-hover text-muted hover:bg-selected",
          )}
        >
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <Primitive.RadioGroup value={mode} onValueChange={(value) => onModeChange(value === "steer" ? "steer" : "queue")}>
        {MODES.map((option) => (
          <Primitive.RadioItem key={option.mode} value={option.mode} className={menuItemClasses}>
            <span
              className="size-2 shrink-0 rounded-full border border-control in-data-[state=checked]:border-accent in-data-[state=checked]:bg-accent"
              aria-hidden
            />
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{option.label}</span>
              <span className="block text-muted text-xs">{option.does}</span>
            </span>
            {option.mode === mode ? (
              <Kbd keys={[mod, "Enter"]} className="pointer-coarse:hidden" />
            ) : (
              option.mode === "steer" && <Kbd keys={[mod, "⇧", "Enter"]} className="pointer-coarse:hidden" />
            )}
          </Primitive.RadioItem>
        ))}
      </Primitive.RadioGroup>
    </DropdownMenu>
  );
}
