import { expect } from "@playwright/test";
import { test } from "./fixtures.ts";
import { api } from "./stack.ts";
import { script, threadPage } from "./thread-page.ts";

type Turn = { prompt: string; status: string };

test("prompts wait in a queue that can be edited, ordered and shortened", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-slow:tokens=3000,delay=50");
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${sample.id}/threads`, { prompt: "Count", model });
  await page.goto(`/threads/${id}`);
  const { conversation, prompt, queue, stop } = threadPage(page);
  await expect(conversation.getByText("word3 ")).toBeVisible();
  const rows = queue.getByRole("listitem");
  for (const [index, text] of ["First", "Second", "Third"].entries()) {
    await prompt.fill(text);
    await prompt.press("Control+Enter");
    await expect(rows).toHaveCount(index + 1);
  }
  await expect(queue.getByText("3 prompts in the queue")).toBeVisible();

  await rows.nth(2).getByRole("button", { name: "Move", exact: true }).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(rows).toHaveText(["First", "Third", "Second"]);
  await expect(rows.nth(1).getByRole("button", { name: "Move", exact: true })).toBeFocused();
  await expect(queue.getByText("Moved to place 2 of 3")).toBeAttached();

  await rows
    .nth(2)
    .getByRole("button", { name: "Move", exact: true })
    .dragTo(rows.nth(0), { targetPosition: { x: 40, y: 4 } });
  await expect(rows).toHaveText(["Second", "First", "Third"]);

  await rows.nth(1).getByRole("button", { name: "Edit in the queue" }).click();
  await page.getByRole("textbox", { name: "Queued text" }).fill("First, but better");
  await page.keyboard.press("Control+Enter");
  await expect(rows).toHaveText(["Second", "First, but better", "Third"]);

  await rows.nth(0).getByRole("button", { name: "Remove from the queue" }).click();
  await expect(rows).toHaveText(["First, but better", "Third"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(rows).toHaveText(["Second", "First, but better", "Third"]);

  await stop.click();
  await expect(queue.getByText("3 prompts on hold, because the turn was stopped")).toBeVisible();
  await page.reload();
  await expect(rows).toHaveText(["Second", "First, but better", "Third"]);
  for (const _ of [0, 1]) await rows.nth(0).getByRole("button", { name: "Remove from the queue" }).click();
  await expect(rows).toHaveText(["Third"]);
  await queue.getByRole("button", { name: "Let it run" }).click();
  await expect(queue).toBeHidden();
  await expect(threadPage(page).asked).toHaveCount(2);
  await stop.click();
  const turns = await api<Turn[]>(stack, "GET", `/threads/${id}/turns`);
  expect(turns.map((turn) => turn.prompt)).toEqual(["Count", "Third"]);
});

test("a prompt that steers stands where the agent read it", async ({ ownerPage: page, stack, sample, scenario }) => {
  const model = await scenario("scenario-tools");
  const prompt = script("Work in steps", ["sleep 4; echo one", "echo two"]);
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${sample.id}/threads`, { prompt, model });
  await page.goto(`/threads/${id}`);
  const own = threadPage(page);
  await expect(own.conversation.getByText("sleep 4; echo one").first()).toBeVisible();
  await own.prompt.fill("Use the plural");
  await own.prompt.press("Control+Shift+Enter");
  await expect(own.conversation.getByRole("article", { name: / steered$/ })).toContainText("Use the plural");
  await expect(own.queue).toBeHidden();
  await expect(own.asked).toHaveCount(1);
});

test("what a click on send means is chosen and remembered", async ({ ownerPage: page, stack, sample, scenario }) => {
  const model = await scenario("scenario-slow:tokens=3000,delay=50");
  const { id } = await api<{ id: string }>(stack, "POST", `/projects/${sample.id}/threads`, { prompt: "Count", model });
  await page.goto(`/threads/${id}`);
  const { prompt, queue, stop } = threadPage(page);
  await page.getByRole("button", { name: "How to send" }).click();
  await page.getByRole("menuitemradio", { name: /^Steer now/ }).click();
  await expect(page.getByRole("button", { name: "Steer", exact: true })).toBeVisible();
  await page.reload();
  await prompt.fill("Now");
  await page.getByRole("button", { name: "Steer", exact: true }).click();
  await expect(queue.getByText("Next step")).toBeVisible();
  await queue.getByRole("button", { name: "Wait for the end of the turn instead" }).click();
  await expect(queue.getByText("Next step")).toBeHidden();
  await stop.click();
  await expect(queue.getByText("1 prompt on hold, because the turn was stopped")).toBeVisible();
  await queue.getByRole("button", { name: "Remove from the queue" }).click();
  await page.getByRole("button", { name: "Edit it" }).click();
  await expect(prompt).toHaveValue("Now");
});
