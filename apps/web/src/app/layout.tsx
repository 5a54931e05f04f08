import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { densityCookie, parseDensity } from "../features/shell/density.ts";
import { parseTheme, themeCookie } from "../features/shell/theme.ts";
import "./globals.css";

export const metadata: Metadata = { description: "The workspace for a team's AI coding threads" };

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f7f5f2" },
    { media: "(prefers-color-scheme: dark)", color: "#131210" },
  ],
};

/** The theme comes with the page, so that it never flashes and no script has to run first. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const given = await cookies();
  const theme = parseTheme(given.get(themeCookie)?.value);
  const density = parseDensity(given.get(densityCookie)?.value);
  return (
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      data-density={density}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>{children}</body>
    </html>
  );
}
