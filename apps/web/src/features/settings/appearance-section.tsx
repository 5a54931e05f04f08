"use client";
import { Button } from "@heddle/ui/button";
import { Segmented } from "@heddle/ui/segmented";
import { usePlainKeys } from "@heddle/ui/use-shortcuts";
import { useStored } from "@heddle/ui/use-stored";
import type { ReactNode } from "react";
import { useShell } from "../shell/shell-context.ts";
import { useTheme } from "../shell/theme-provider.tsx";
import { EditorPreference } from "./editor-preference.tsx";
import { InstallPreference } from "./install-preference.tsx";
import { Preference } from "./preference.tsx";
import { SettingsSection } from "./section.tsx";
import { useDensity } from "./use-density.ts";
import { useEnterSends } from "./use-enter-sends.ts";

/** How the reader sees and uses Heddle; kept in this browser. */
export function AppearanceSection() {
  const { showHelp } = useShell();
  const [theme, setTheme] = useTheme();
  const [density, setDensity] = useDensity();
  const [layout, setLayout] = useStored<"unified" | "split">("heddle-diff-layout", "unified");
  const [enterSends, setEnterSends] = useEnterSends();
  const [plainKeys, setPlainKeys] = usePlainKeys();
  return (
    <SettingsSection title="Appearance" description="How you see and use Heddle, kept in this browser.">
      <Group title="Look">
        <Preference title="Theme">
          <Choice
            label="Theme"
            value={theme}
            onChange={setTheme}
            options={{ system: "Like the system", light: "Light", dark: "Dark" }}
          />
        </Preference>
        <Preference title="Density" hint="Compact shows more threads and lines of code at once.">
          <Choice
            label="Density"
            value={density}
            onChange={setDensity}
            options={{ comfortable: "Comfortable", compact: "Compact" }}
          />
        </Preference>
        <Preference title="Changes" hint="On a phone they are always in one column.">
          <Choice
            label="Changes"
            value={layout}
            onChange={setLayout}
            options={{ unified: "One column", split: "Side by side" }}
          />
        </Preference>
      </Group>
      <Group title="Keys">
        <Preference
          title="Send a prompt with"
          hint="⌘/Ctrl + Enter always sends, Shift + Enter always makes a new line."
        >
          <Choice
            label="Send a prompt with"
            value={enterSends ? "enter" : "mod"}
            onChange={(value) => setEnterSends(value === "enter")}
            options={{ mod: "⌘/Ctrl + Enter", enter: "Enter" }}
          />
        </Preference>
        <Preference title="Single-letter shortcuts" hint="Off: only those with ⌘ or Ctrl do anything.">
          <Choice
            label="Single-letter shortcuts"
            value={plainKeys ? "on" : "off"}
            onChange={(value) => setPlainKeys(value === "on")}
            options={{ on: "On", off: "Off" }}
          />
        </Preference>
        <Preference title="All shortcuts">
          <Button size="sm" onClick={showHelp}>
            Show the list
          </Button>
        </Preference>
      </Group>
      <Group title="On this machine">
        <EditorPreference />
        <InstallPreference />
      </Group>
    </SettingsSection>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 px-1 font-medium text-subtle text-xs">{title}</h3>
      <div className="rounded-lg border border-line">{children}</div>
    </section>
  );
}

type ChoiceProps<T extends string> = {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: Record<T, string>;
};

function Choice<T extends string>({ label, value, onChange, options }: ChoiceProps<T>) {
  const values = Object.keys(options) as T[];
  return (
    <Segmented
      label={label}
      value={value}
      onValueChange={(next) => onChange(values.find((one) => one === next) ?? value)}
      options={values.map((one) => ({ value: one, label: options[one] }))}
    />
  );
}
