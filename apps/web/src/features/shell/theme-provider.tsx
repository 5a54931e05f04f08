"use client";
import { createContext, type ReactNode, useContext, useState } from "react";
import { setPreference } from "./cookies.ts";
import { type Theme, themeCookie } from "./theme.ts";

const ThemeContext = createContext<[Theme, (theme: Theme) => void]>(["system", () => {}]);

export function ThemeProvider({ initial, children }: { initial: Theme; children: ReactNode }) {
  const [theme, setTheme] = useState(initial);

  function choose(next: Theme) {
    setTheme(next);
    setPreference(themeCookie, next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
  }

  return <ThemeContext value={[theme, choose]}>{children}</ThemeContext>;
}

export const useTheme = () => useContext(ThemeContext);
