import { type Browser, chromium, type Page } from "@playwright/test";
import { launchOptions } from "../browser.ts";
import { owner, type Stack } from "../stack.ts";
import { threadPage } from "../thread-page.ts";
import { type Content, fillWorkspace } from "./content.ts";
import type { Figure } from "./figure.ts";

/** Has `slowEvents`: how long each event took that the browser finds slow, in milliseconds. */
type Measured = typeof globalThis & { slowEvents: number[] };

type Load = { shownMs: number; scriptKb: number };
type Scroll = { frameMs: number; lateFrames: number };

/** What pages of a filled workspace cost in Chromium, each `repeat` times. */
export async function measurePages(stack: Stack, repeat: number): Promise<Figure[]> {
  const content = await fillWorkspace(stack);
  const browser = await chromium.launch(launchOptions);
  const times = async <T>(measure: () => Promise<T>) => {
    const all: T[] = [];
    while (all.length < repeat) all.push(await measure());
    return all;
  };
  try {
    const cookies = await signedIn(browser, stack);
    const open = () => openPage(browser, stack, cookies);
    const loads = await times(() => loadThread(open, content));
    const page = await open();
    await showThread(page, content);
    const switches = await times(() => switchThreads(page, content));
    const letters = await times(() =>
      interaction(
        page,
        () => page.keyboard.press("a"),
        () => threadPage(page).prompt.focus(),
      ),
    );
    const large = await times(() => openLargeDiff(open, content));
    const scrolls = await times(() => scrollLargeDiff(open, content));
    return [
      { what: "First load of a thread", unit: "ms", values: loads.map(({ shownMs }) => shownMs) },
      { what: "Its script", unit: "kB", values: loads.map(({ scriptKb }) => scriptKb) },
      { what: "Interaction: to another thread", unit: "ms", values: switches },
      { what: "Interaction: a letter of a prompt", unit: "ms", values: letters },
      { what: "200 changed files, until the first is shown", unit: "ms", values: large },
      { what: "20,000 lines: time of a frame, p95", unit: "ms", values: scrolls.map(({ frameMs }) => frameMs) },
      {
        what: "20,000 lines: frames over 50 ms of 120",
        unit: "frames",
        values: scrolls.map(({ lateFrames }) => lateFrames),
      },
    ];
  } finally {
    await browser.close();
  }
}

type Cookies = Awaited<ReturnType<typeof signedIn>>;
type Open = () => Promise<Page>;

async function signedIn(browser: Browser, stack: Stack) {
  const context = await browser.newContext({ baseURL: stack.url });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Email").fill(owner.email);
  await page.getByLabel("Password", { exact: true }).fill(owner.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("/");
  const { cookies } = await context.storageState();
  await context.close();
  return cookies;
}

/** A window of a person who is signed in, with an empty cache. */
async function openPage(browser: Browser, stack: Stack, cookies: Cookies): Promise<Page> {
  const context = await browser.newContext({
    baseURL: stack.url,
    viewport: { width: 1440, height: 900 },
    storageState: { cookies, origins: [] },
  });
  await context.addInitScript(() => {
    const slowEvents: number[] = [];
    Object.assign(window, { slowEvents });
    new PerformanceObserver((list) => {
      slowEvents.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  return context.newPage();
}

async function showThread(page: Page, { thread, lastAnswer }: Content): Promise<void> {
  await page.goto(`/threads/${thread}`);
  await page.waitForFunction((text) => document.querySelector("[role=log]")?.textContent?.includes(text), lastAnswer, {
    polling: "raf",
  });
}

async function loadThread(open: Open, content: Content): Promise<Load> {
  const page = await open();
  await showThread(page, content);
  const load = await page.evaluate(() => {
    const scripts = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const sizes = scripts.filter(({ name }) => /\.js(\?|$)/.test(name)).map(({ encodedBodySize }) => encodedBodySize);
    return { shownMs: performance.now(), scriptKb: sizes.reduce((sum, size) => sum + size, 0) / 1000 };
  });
  await page.context().close();
  return load;
}

/** Milliseconds from an event until the next picture; 8 where the browser reports none, as it does below 16. */
async function interaction(page: Page, act: () => Promise<void>, before = async () => {}): Promise<number> {
  await before();
  const take = () => page.evaluate(() => Math.max(8, ...(globalThis as Measured).slowEvents.splice(0)));
  await take();
  await act();
  await page.waitForTimeout(300);
  return take();
}

async function switchThreads(page: Page, { otherTitle, otherAnswer, thread }: Content): Promise<number> {
  const ms = await interaction(page, () => threadPage(page).row(otherTitle).click());
  await page.getByText(otherAnswer).first().waitFor();
  await page.goto(`/threads/${thread}`);
  return ms;
}

async function openLargeDiff(open: Open, { large }: Content): Promise<number> {
  const page = await open();
  await page.goto(`/threads/${large}`);
  await page.waitForFunction(() => document.querySelector("[data-diff-file]") !== null, undefined, {
    polling: "raf",
  });
  const ms = await page.evaluate(() => performance.now());
  await page.context().close();
  return ms;
}

async function scrollLargeDiff(open: Open, { large, largeFile }: Content): Promise<Scroll> {
  const page = await open();
  await page.goto(`/threads/${large}?file=${encodeURIComponent(largeFile)}`);
  const file = threadPage(page).work.locator(`[data-diff-file="${largeFile}"]`);
  await file.waitFor();
  await threadPage(page).work.getByRole("button", { name: "Show the diff" }).first().click();
  await page.getByText("line 1 of a generated table", { exact: true }).first().hover();
  const frames = page.evaluate(async () => {
    const ms: number[] = [];
    let before = performance.now();
    while (ms.length < 120) {
      await new Promise(requestAnimationFrame);
      ms.push(performance.now() - before);
      before = performance.now();
    }
    return ms.sort((a, b) => a - b);
  });
  for (let step = 0; step < 30; step += 1) await page.mouse.wheel(0, 800);
  const ms = await frames;
  await page.context().close();
  return { frameMs: ms[Math.floor(ms.length * 0.95)] ?? 0, lateFrames: ms.filter((one) => one > 50).length };
}
