import { machine } from "../machine.ts";

/** docs/performance.md. @param pages the figures of pages, as a table */
export function performancePage(pages: string): string {
  return `# Performance

\`npm run bench\` starts Heddle as \`npm start\` does and measures it; \`npm run bench -- --docs\` writes this page.

## Pages in Chromium

${machine()}; headless, drawn without a graphics card, the stack on the same cores. A workspace with 40 threads; the
thread that is loaded has a conversation of 12 turns, the large one changes 200 files, of which one has 20,000 lines.

- *First load*: from asking for the address until the last answer is on the screen, with an empty cache.
- *Script*: what the browser has fetched by then, compressed.
- *Interaction*: from the event until the next picture, by the browser's own Event Timing (multiples of 8 ms).
- *Frames*: while the 20,000 lines are scrolled by the wheel; a picture on time takes 16.7 ms.

${pages}
`;
}
