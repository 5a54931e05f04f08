import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** @param part a selector, for what hides the rest of the page from readers while it is open */
export async function expectAccessible(page: Page, what: string, part = "html"): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
  expect(found, what).toEqual([]);
}
