"use client";
import { Avatar } from "@heddle/ui/avatar";
import { Segmented } from "@heddle/ui/segmented";
import type { Theme } from "../shell/theme.ts";
import { useTheme } from "../shell/theme-provider.tsx";
import { useWorkspace } from "../shell/use-workspace.ts";
import { SettingsSection } from "./section.tsx";

const themes: { value: Theme; label: string }[] = [
  { value: "system", label: "Like the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function AppearanceSection() {
  const [theme, setTheme] = useTheme();
  const { data: workspace } = useWorkspace();
  return (
    <SettingsSection title="Profile and appearance" description="How others see you, and how you see Heddle.">
      {workspace && (
        <div className="flex items-center gap-3 rounded-lg border border-line px-4 py-3">
          <Avatar name={workspace.me.name} size={32} />
          <div className="min-w-0">
            <p className="truncate font-medium">{workspace.me.name}</p>
            <p className="text-muted text-xs">
              {workspace.role.charAt(0).toUpperCase() + workspace.role.slice(1)} of {workspace.name}
            </p>
          </div>
        </div>
      )}
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
