const readme = `# Basket

A shopping list that knows what it costs. It exists to try things out on: ask a thread to run the tests and fix what
fails, to add a command, or to rename something.

    node src/cli.js examples/weekend.json

prints a receipt. \`npm test\` runs the tests; nothing has to be installed.

## Where things are

| File | Holds |
|---|---|
| \`src/basket.js\` | adding, removing and counting items |
| \`src/price.js\` | totals, discounts and tax, in cents |
| \`src/receipt.js\` | the receipt as text |
| \`src/cli.js\` | the command |
`;

const agents = `# Working on Basket

- Plain JavaScript modules, Node's own test runner, no dependencies.
- Money is in whole cents; only \`src/receipt.js\` turns it into text.
- Run \`npm test\` before you finish. Every fix gets a test.
`;

const packageJson = `${JSON.stringify(
  {
    name: "basket",
    version: "1.0.0",
    private: true,
    type: "module",
    description: "A shopping list that knows what it costs",
    scripts: { start: "node src/cli.js examples/weekend.json", test: "node --test" },
  },
  null,
  2,
)}\n`;

const basket = `/** An item is { name, cents, quantity }. A basket is an array of items. */

export function addItem(basket, item) {
  const existing = basket.find(({ name }) => name === item.name);
  if (!existing) return [...basket, { quantity: 1, ...item }];
  const quantity = existing.quantity + (item.quantity ?? 1);
  return basket.map((other) => (other === existing ? { ...existing, quantity } : other));
}

export function removeItem(basket, name) {
  return basket.filter((item) => item.name !== name);
}

export function countItems(basket) {
  return basket.reduce((count, item) => count + item.quantity, 0);
}
`;

const price = `/** Discounts by the number of items, largest first. */
const discounts = [
  { from: 20, percent: 15 },
  { from: 10, percent: 10 },
  { from: 5, percent: 5 },
];

export function subtotal(basket) {
  return basket.reduce((cents, item) => cents + item.cents * item.quantity, 0);
}

/** Percentage taken off for buying many: 5 items bring 5 %, 10 bring 10 %, 20 bring 15 %. */
export function discountPercent(itemCount) {
  return discounts.find(({ from }) => itemCount > from)?.percent ?? 0;
}

export function total(basket, itemCount, taxPercent = 0) {
  const discounted = subtotal(basket) * (1 - discountPercent(itemCount) / 100);
  return Math.round(discounted * (1 + taxPercent / 100));
}
`;

const receipt = `import { countItems } from "./basket.js";
import { discountPercent, subtotal, total } from "./price.js";

const width = 32;

export function formatCents(cents) {
  return (cents / 100).toFixed(2);
}

export function formatReceipt(basket) {
  const count = countItems(basket);
  const percent = discountPercent(count);
  const lines = basket.map((item) => line(\`\${item.quantity} x \${item.name}\`, item.cents * item.quantity));
  lines.push("-".repeat(width), line("Subtotal", subtotal(basket)));
  if (percent > 0) lines.push(line(\`Discount \${percent} %\`, total(basket, count) - subtotal(basket)));
  lines.push(line("Total", total(basket, count)));
  return lines.join("\\n");
}

function line(label, cents) {
  const amount = formatCents(cents);
  return label.padEnd(width - amount.length) + amount;
}
`;

const cli = `import { readFileSync } from "node:fs";
import { addItem } from "./basket.js";
import { formatReceipt } from "./receipt.js";

const file = process.argv[2];
if (!file) {
  console.error("Usage: node src/cli.js <list.json>");
  process.exit(1);
}
const items = JSON.parse(readFileSync(file, "utf8"));
console.log(formatReceipt(items.reduce(addItem, [])));
`;

const basketTest = `import assert from "node:assert/strict";
import { test } from "node:test";
import { addItem, countItems, removeItem } from "../src/basket.js";

const apple = { name: "apple", cents: 40 };

test("a new item has a quantity of one", () => {
  assert.deepEqual(addItem([], apple), [{ ...apple, quantity: 1 }]);
});

test("adding an item again raises its quantity", () => {
  assert.equal(countItems(addItem(addItem([], apple), { ...apple, quantity: 2 })), 3);
});

test("a removed item is gone", () => {
  assert.deepEqual(removeItem(addItem([], apple), "apple"), []);
});
`;

const priceTest = `import assert from "node:assert/strict";
import { test } from "node:test";
import { discountPercent, subtotal, total } from "../src/price.js";

const basket = [
  { name: "bread", cents: 320, quantity: 2 },
  { name: "milk", cents: 120, quantity: 3 },
];

test("the subtotal multiplies prices by quantities", () => {
  assert.equal(subtotal(basket), 1000);
});

test("few items bring no discount", () => {
  assert.equal(discountPercent(4), 0);
});

test("five items bring five percent", () => {
  assert.equal(discountPercent(5), 5);
  assert.equal(total(basket, 5), 950);
});

test("tax comes on top of the discounted price", () => {
  assert.equal(total(basket, 4, 10), 1100);
});
`;

const receiptTest = `import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCents, formatReceipt } from "../src/receipt.js";

test("cents have two digits", () => {
  assert.equal(formatCents(5), "0.05");
});

test("a receipt ends with the total", () => {
  const receipt = formatReceipt([{ name: "tea", cents: 450, quantity: 2 }]);
  assert.match(receipt, /Total +9\\.00$/);
});
`;

const weekend = `${JSON.stringify(
  [
    { name: "bread", cents: 320 },
    { name: "milk", cents: 120, quantity: 3 },
    { name: "coffee", cents: 790 },
  ],
  null,
  2,
)}\n`;

/** The first commit of the sample project. Its bug: a discount begins one item too late. */
export const sampleFiles: Record<string, string> = {
  "README.md": readme,
  "AGENTS.md": agents,
  "package.json": packageJson,
  "examples/weekend.json": weekend,
  "src/basket.js": basket,
  "src/price.js": price,
  "src/receipt.js": receipt,
  "src/cli.js": cli,
  "test/basket.test.js": basketTest,
  "test/price.test.js": priceTest,
  "test/receipt.test.js": receiptTest,
};

/** What its second branch adds. */
export const sampleImport: Record<string, string> = {
  "src/import-csv.js": `/** Reads lines of \`name,price,quantity\`; the price is in whole units, the quantity may be left out. */
export function parseCsv(text) {
  const lines = text.split("\\n").map((line) => line.trim()).filter(Boolean);
  return lines.map((line) => {
    const [name, price, quantity = "1"] = line.split(",").map((field) => field.trim());
    return { name, cents: Math.round(Number(price) * 100), quantity: Number(quantity) };
  });
}
`,
  "test/import-csv.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCsv } from "../src/import-csv.js";

test("a line becomes an item", () => {
  assert.deepEqual(parseCsv("tea, 4.50, 2"), [{ name: "tea", cents: 450, quantity: 2 }]);
});

test("a quantity may be left out", () => {
  assert.equal(parseCsv("tea,4.50")[0].quantity, 1);
});
`,
};
