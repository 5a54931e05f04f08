import { expect } from "@playwright/test";
import { finishedThread, test } from "./fixtures.ts";
import { api } from "./stack.ts";
import { script, threadPage } from "./thread-page.ts";

test("refused connections are told, and a host can be allowed from there", async ({
  ownerPage: page,
  stack,
  sample,
  scenario,
}) => {
  const model = await scenario("scenario-tools");
  const reach = (url: string) => `curl -sS -m 5 ${url}; true`;
  const prompt = script("Reach out", [reach("https://refused.example/a"), reach("http://127.0.0.1:1/")]);
  const { id } = await finishedThread(stack, sample.id, { prompt, model });
  await page.goto(`/threads/${id}`);
  const { work } = threadPage(page);
  await work.getByRole("tab", { name: "Details" }).click();
  await expect(page).toHaveURL(/tab=details/);
  const network = page.getByRole("region", { name: "Network" });
  const refused = network.getByRole("listitem").filter({ hasText: "refused.example" });
  await expect(refused.getByRole("img", { name: "Refused" })).toBeVisible();
  await expect(refused.getByText("Not on the list of allowed hosts.")).toBeVisible();
  await refused.getByRole("button", { name: "Allow for this project" }).click();
  await expect(refused.getByText("Allowed now")).toBeVisible();
  const allowed = async () =>
    (await api<{ allowedHosts: string[] }>(stack, "GET", `/projects/${sample.id}/environment`)).allowedHosts;
  expect(await allowed()).toContain("refused.example");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(allowed).not.toContain("refused.example");
  await network.getByRole("radio", { name: /^Refused/ }).click();
  await expect(network.getByRole("img", { name: "Allowed" })).toHaveCount(0);
});
