import type { InboxEmailContent } from "@heddle/db/send-inbox-email";
import { describe, expect, test } from "vitest";
import { emailText } from "./email-text.ts";

const content: InboxEmailContent = {
  itemId: "item",
  to: { name: "Ada", address: "ada@example.test" },
  kind: "mention",
  workspace: "Lab",
  actor: "Bo",
  thread: { id: "t1", title: 'Fix <b>"it"</b>\r\nBcc: eve@example.test', project: "web", place: "comment=c1" },
  host: null,
};

describe("emailText", () => {
  const { subject, text, html } = emailText(content, "https://heddle.example.test");

  test("names who, the title and the place in one line each", () => {
    expect(subject).toBe('Fix <b>"it"</b> Bcc: eve@example.test: Bo mentioned you');
    expect(text).toContain("\nhttps://heddle.example.test/threads/t1?comment=c1\n");
    expect(text).toContain("https://heddle.example.test/settings/notifications");
  });

  test("lets no markup of a title through", () => {
    expect(html).toContain("Fix &lt;b&gt;&quot;it&quot;&lt;/b&gt; Bcc");
    expect(html).not.toContain("<b>");
  });

  test("says of a host which one, and leads to the status", () => {
    const trouble = { ...content, kind: "hostTrouble" as const, actor: null, thread: null, host: "alpha" };
    const told = emailText(trouble, "https://heddle.example.test");
    expect(told.subject).toBe("Host alpha does not answer · Heddle");
    expect(told.text).toContain("/settings/status\n");
  });
});
