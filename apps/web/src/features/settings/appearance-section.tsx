"use client";
import { Segmented } from "@heddle/ui/segmented";
import type { Theme } from "../shell/theme.ts";
import { useTheme } from "../shell/theme-provider.tsx";
import { SettingsSection } from "./section.tsx";

const themes: { value: Theme; label: string }[] = [
  { value: "system", label: "Like the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function AppearanceSection() {
  const [theme, setTheme] = useTheme();
  return (
    <SettingsSection title="Appearance" description="How you see Heddle.">
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line px-4 py-3">
        <div>
          <p className="font-medium">Theme</p>
          <p className="text-muted text-xs">Kept in this browser.</p>
        </div>
        <Segmented
          label="Theme"
          value={theme}
          onValueChange={(value) => setTheme(themes.find((one) => one.value === value)?.value ?? "system")}
          options={themes}
        />
      </div>
    </SettingsSection>
  );
}
