import { expect } from "@playwright/test";
import { finishedThread, settled, test } from "./fixtures.ts";
import { api, type Stack } from "./stack.ts";
import { script, threadPage } from "./thread-page.ts";

async function begun(stack: Stack, projectId: string, input: object): Promise<string> {
  return (await api<{ id: string }>(stack, "POST", `/projects/${projectId}/threads`, input)).id;
}

test("Esc twice stops a turn, its partial answer stays, and it can be continued", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-slow:tokens=900,delay=50");
  await page.goto(`/threads/${await begun(stack, sample.id, { prompt: "Count", model })}`);
  const { conversation, prompt, stop } = threadPage(page);
  await expect(conversation.getByText("word5 ")).toBeVisible();

  await page.getByRole("button", { name: "How to send" }).click();
  await expect(page.getByRole("menuitemradio", { name: /^Steer now/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toBeHidden();
  await expect(stop).toHaveText(/^Stop/);

  await prompt.focus();
  await page.keyboard.press("Escape");
  await expect(stop).toHaveText("Press Esc again to stop");
  await page.keyboard.press("Escape");
  await expect(conversation.getByText(/^Interrupted by /)).toBeVisible();
  await expect(stop).toBeHidden();
  await expect(conversation.getByText("word5 ")).toBeVisible();
  await expect(conversation.getByText("Cut off")).toBeVisible();
  await expect(conversation.getByText(/^Stopped after/)).toBeVisible();
  await expect(prompt).toBeFocused();

  await conversation.getByRole("button", { name: "Continue" }).click();
  await expect(stop).toBeVisible();
  await page.keyboard.press("Control+.");
  await expect(conversation.getByText(/^Interrupted by /)).toHaveCount(2);
});

test("the button stops a command with all that it started", async ({ ownerPage: page, stack, sample, scenario }) => {
  const model = await scenario("scenario-tools");
  const prompt = script("Wait long", ["echo begun; sleep 300 & sleep 300"]);
  const id = await begun(stack, sample.id, { prompt, model });
  await page.goto(`/threads/${id}`);
  const { conversation, stop } = threadPage(page);
  await expect(conversation.getByText("begun", { exact: true })).toBeVisible();
  await stop.click();
  await expect(conversation.getByRole("button", { name: /^Command.*Interrupted/ })).toBeVisible();
  expect((await settled(stack, id)).status).toBe("idle");
});

test("what failed is explained, and goes on in its turn when tried again", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-401:times=1");
  const { id } = await finishedThread(stack, sample.id, { prompt: `Try this ${Date.now()}`, model });
  await page.goto(`/threads/${id}`);
  const { conversation, asked } = threadPage(page);
  await expect(conversation.getByText("The provider refused the request", { exact: true })).toBeVisible();
  await expect(conversation.getByText(/refused the key/)).toBeVisible();
  await conversation.getByRole("button", { name: "Try again" }).click();
  await expect(conversation.getByText("Done.", { exact: true })).toBeVisible();
  await expect(conversation.getByText(/^The provider refused the request; tried again\./)).toBeVisible();
  await expect(asked).toHaveCount(1);
});

test("an edited prompt takes the place of its turn, and the files go back", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-tools");
  const prompt = script("Add a file", ["echo one > one.txt"]);
  const { id } = await finishedThread(stack, sample.id, { prompt, model });
  await page.goto(`/threads/${id}`);
  const { conversation, asked, work } = threadPage(page);
  await expect(work.getByText("one.txt").first()).toBeVisible();

  const pencil = asked.getByRole("button", { name: "Edit and resend" });
  await pencil.click();
  const dialog = page.getByRole("dialog", { name: "Edit and resend" });
  await expect(dialog.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(prompt);
  await page.keyboard.press("Escape");
  await expect(pencil).toBeFocused();
  await page.keyboard.press("Enter");
  await dialog
    .getByRole("textbox", { name: "Prompt", exact: true })
    .fill(script("Add another", ["echo two > two.txt"]));
  await expect(dialog.getByRole("checkbox", { name: "Put the files back to before this prompt" })).toBeChecked();
  await dialog.getByRole("button", { name: "Resend" }).click();
  await expect(dialog).toBeHidden();

  await expect(work.getByText("two.txt").first()).toBeVisible();
  await expect(work.getByText("one.txt")).toHaveCount(0);
  await expect(asked).toHaveCount(1);
  await conversation.getByRole("button", { name: /An earlier turn, replaced by an edited prompt/ }).click();
  await expect(conversation.getByText("echo one > one.txt", { exact: true })).toBeVisible();
});
