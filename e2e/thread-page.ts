import type { Locator, Page } from "@playwright/test";

/** The parts of a thread's page that tests look at. */
export function threadPage(page: Page) {
  const conversation = page.getByRole("log", { name: "Conversation" });
  return {
    conversation,
    prompt: page.getByRole("textbox", { name: "Prompt", exact: true }),
    stop: page.getByRole("button", { name: /^(Stop|Stopping|Press Esc again to stop)/ }),
    queue: page.getByRole("region", { name: "Queue" }),
    work: page.getByRole("region", { name: "Work" }),
    /** What people asked, in order; prompts that a running turn took in are not among them. */
    asked: conversation.getByRole("article", { name: / asked$/ }),
    row: (title: string): Locator =>
      page.getByRole("navigation", { name: "Threads" }).getByRole("link", { name: title }),
    async more(item: string | RegExp): Promise<void> {
      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name: item }).click();
    },
  };
}

/** For `scenario-tools`: shell commands one after another, then a closing text. The first line is the thread's title. */
export function script(title: string, commands: string[], end = "All done."): string {
  const steps = commands.map((command) => ({ name: "shell", arguments: { command } }));
  return `${title}\n${JSON.stringify([...steps, end])}`;
}
