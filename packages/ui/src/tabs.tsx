"use client";
import { Tabs as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export type TabsProps = {
  value: string;
  onValueChange: (value: string) => void;
  tabs: { value: string; label: ReactNode; content: ReactNode }[];
  /** Names the row of tabs. */
  label: string;
  /** At the end of the row. */
  actions?: ReactNode;
  className?: string;
};

/** Underlined tabs that fill the height they are given. */
export function Tabs({ value, onValueChange, tabs, label, actions, className }: TabsProps) {
  return (
    <Primitive.Root value={value} onValueChange={onValueChange} className={cn("flex min-h-0 flex-col", className)}>
      <div className="flex h-11 shrink-0 items-center border-line border-b px-3">
        <Primitive.List aria-label={label} className="flex h-full flex-1 gap-1 overflow-x-auto">
          {tabs.map((tab) => (
            <Primitive.Trigger
              key={tab.value}
              value={tab.value}
              className="-mb-px inline-flex items-center gap-1.5 border-transparent border-b-2 px-2 text-muted text-sm outline-offset-[-2px] hover:text-fg data-[state=active]:border-accent-text data-[state=active]:font-medium data-[state=active]:text-fg"
            >
              {tab.label}
            </Primitive.Trigger>
          ))}
        </Primitive.List>
        {actions}
      </div>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.value} value={tab.value} className="min-h-0 flex-1 outline-none">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
