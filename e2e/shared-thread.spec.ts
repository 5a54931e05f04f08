import { expect, type Page } from "@playwright/test";
import { finishedThread, test } from "./fixtures.ts";
import { choose, invite, join } from "./people.ts";
import { script, threadPage } from "./thread-page.ts";

const comment = (page: Page) => page.getByRole("textbox", { name: "Comment" });
const isHere = (page: Page, name: RegExp) => page.getByRole("img", { name });
const notThere = (page: Page) => page.getByText("It does not exist, or you may not see it.");

test("an owner, a reviewer and a viewer in one thread, in three browsers", async ({
  ownerPage: owner,
  browser,
  stack,
  sample,
  scenario,
}) => {
  test.setTimeout(240_000);
  const reviewer = await join(browser, stack, await invite(owner, "member"), "Rita Reviewer");
  const viewer = await join(browser, stack, await invite(owner, "viewer"), "Vic Viewer");
  const model = await scenario("scenario-tools");
  const input = { prompt: script("Share me", ["echo one > one.md"]), model, visibility: "private", title: "Share me" };
  const { id } = await finishedThread(stack, sample.id, input);
  const at = `/threads/${id}`;

  // Private: the link leads nowhere until its owner lets somebody in.
  for (const page of [reviewer, viewer]) {
    await page.goto(at);
    await expect(notThere(page)).toBeVisible();
  }
  await owner.goto(`${at}?tab=changes&file=one.md`);
  await owner.getByRole("button", { name: "Share: private thread" }).click();
  const dialog = owner.getByRole("dialog");
  await choose(owner, "Member", /^Rita Reviewer/);
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Rita Reviewer" })).toContainText("Can comment");
  await owner.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await dialog.getByRole("button", { name: "Copy link" }).click();
  const link = await owner.evaluate(() => navigator.clipboard.readText());
  await owner.keyboard.press("Escape");

  // The link shows her the same place, and both see that the other is here.
  await reviewer.goto(link);
  const rita = threadPage(reviewer);
  await expect(rita.work.getByText("one.md").first()).toBeVisible();
  expect(new URL(reviewer.url()).search).toBe("?tab=changes&file=one.md");
  await expect(isHere(owner, /^Rita Reviewer is here/)).toBeVisible();
  await expect(isHere(reviewer, / is here$/)).toBeVisible();
  await expect(rita.prompt).toHaveCount(0);

  // A comment, with a mention by the keys alone.
  await comment(reviewer).focus();
  await reviewer.keyboard.type("Is this right, @own");
  await expect(owner.getByText("Rita Reviewer is typing…")).toBeVisible();
  await expect(reviewer.getByRole("option", { selected: true })).toBeVisible();
  await reviewer.keyboard.press("Enter");
  await reviewer.keyboard.press("Control+Enter");
  const said = owner.getByRole("article", { name: "Rita Reviewer commented" });
  await expect(said).toContainText("Is this right, @");
  await expect(owner.getByText("Rita Reviewer is typing…")).toHaveCount(0);

  // Let steer, she does; the right is taken while her turn runs.
  await owner.getByRole("button", { name: "Share: private thread" }).click();
  await choose(owner, "Right of Rita Reviewer", /^Can steer/);
  await owner.keyboard.press("Escape");
  await rita.prompt.fill(script("Wait long", ["echo begun; sleep 300"]));
  await expect(reviewer.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await reviewer.keyboard.press("Control+Enter");
  await expect(owner.getByRole("article", { name: "Rita Reviewer asked" })).toBeVisible();
  await expect(threadPage(owner).conversation.getByText("begun", { exact: true })).toBeVisible();
  await owner.getByRole("button", { name: "Share: private thread" }).click();
  await choose(owner, "Right of Rita Reviewer", /^Can view/);
  await owner.keyboard.press("Escape");
  for (const page of [owner, reviewer]) {
    const why = threadPage(page).conversation.getByText(/Rita Reviewer may no longer steer this thread\.$/);
    await expect(why).toBeVisible();
  }
  await expect(reviewer.getByText("You may read this thread and not write in it.")).toBeVisible();

  // Shared with the project, the viewer sees it without a reload and reads along.
  await owner.getByRole("button", { name: "Share: private thread" }).click();
  await dialog.getByRole("radio", { name: "Shared" }).click();
  await expect(dialog.getByText("Everybody who sees the project sees it, too.")).toBeVisible();
  await owner.keyboard.press("Escape");
  await viewer.getByRole("navigation", { name: "Threads" }).getByRole("link", { name: "Share me" }).click();
  await expect(viewer.getByRole("article", { name: "Rita Reviewer commented" })).toBeVisible();
  await expect(viewer.getByText("Your role (viewer) reads threads and does not write in them.")).toBeVisible();
  await expect(isHere(viewer, /Rita Reviewer.* are here$/)).toBeVisible();

  // Handed to the reviewer, it is hers to close; whoever may not see it is out at once.
  await threadPage(owner).more("Hand over…");
  await choose(owner, "To", /^Rita Reviewer/);
  await owner.getByRole("button", { name: "Hand over", exact: true }).click();
  await expect(rita.conversation.getByText(/handed the thread to Rita Reviewer\.$/)).toBeVisible();
  await reviewer.getByRole("button", { name: "Share: shared thread" }).click();
  await expect(reviewer.getByRole("radio", { name: "Shared" })).toBeChecked();
  await reviewer.getByRole("radio", { name: "Private" }).click();
  for (const page of [owner, viewer]) await expect(notThere(page)).toBeVisible();
  for (const page of [reviewer, viewer]) await page.context().close();
});
