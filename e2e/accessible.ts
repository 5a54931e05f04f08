import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** What can differ between light and dark; the rest is looked at once. */
const rulesOfColour = ["color-contrast", "link-in-text-block"];

/**
 * Finds nothing that hinders readers, in light and in dark.
 * @param part a selector, for what hides the rest of the page from readers while it is open
 */
export async function expectAccessible(page: Page, what: string, part = "html"): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    // Colours that are still changing are neither.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const axe = new AxeBuilder({ page }).include(part);
    const { violations } = await (colorScheme === "dark" ? axe.withRules(rulesOfColour) : axe).analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`,
    );
    expect(found, `${what}, ${colorScheme}`).toEqual([]);
  }
}
