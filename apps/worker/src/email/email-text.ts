import type { InboxEmailContent } from "@heddle/db/send-inbox-email";

type EmailText = { subject: string; text: string; html: string };

const mostTitle = 120;

/**
 * What an e-mail about an inbox item says: of the thread only its title, where it is, and how to get no more of these.
 * @param baseUrl where people open Heddle, without a slash at its end
 */
export function emailText(content: InboxEmailContent, baseUrl: string): EmailText {
  const { thread, workspace } = content;
  const title = thread ? oneLine(thread.title) : null;
  const sentence = sentenceOf(content);
  const subject = title === null ? `${sentence} · Heddle` : `${title}: ${lowerFirst(sentence)}`;
  const place = thread?.place ? `?${thread.place}` : "";
  const link = thread ? `${baseUrl}/threads/${thread.id}${place}` : `${baseUrl}/settings/status`;
  const settings = settingsLink(baseUrl);
  const where = thread ? `${oneLine(thread.project)} in ${oneLine(workspace)}` : oneLine(workspace);
  const lines = [`${sentence}.`, ...(title === null ? [] : [title]), where];
  const footer = "You get this because something in your Heddle inbox waits for you.";
  const text = [...lines, "", link, "", "--", footer, `Choose what is sent, and when: ${settings}`, ""].join("\n");
  const html = [
    '<!doctype html><html lang="en"><body style="margin:24px;font:14px/1.5 system-ui,sans-serif;color:#1c1c1f">',
    `<p style="margin:0 0 4px">${escaped(sentence)}.</p>`,
    title === null ? "" : `<p style="margin:0 0 4px;font-size:16px;font-weight:600">${escaped(title)}</p>`,
    `<p style="margin:0 0 16px;color:#6b6b75">${escaped(where)}</p>`,
    `<p style="margin:0 0 24px"><a href="${escaped(link)}">Open in Heddle</a></p>`,
    `<p style="margin:0;font-size:12px;color:#6b6b75">${footer} `,
    `<a href="${escaped(settings)}" style="color:inherit">Choose what is sent, and when</a></p>`,
    "</body></html>",
  ].join("");
  return { subject, text, html };
}

/** Where an e-mail leads who wants fewer of them. */
export function settingsLink(baseUrl: string): string {
  return `${baseUrl}/settings/notifications`;
}

function sentenceOf({ kind, actor, host }: InboxEmailContent): string {
  const somebody = actor === null ? "Somebody" : oneLine(actor);
  switch (kind) {
    case "turnFailed":
      return "The turn has failed";
    case "turnFinished":
      return "The agent has answered";
    case "setupAsked":
      return "Somebody must agree to the setup script";
    case "setupFailed":
      return "The setup script has failed";
    case "mention":
      return `${somebody} mentioned you`;
    case "handOver":
      return `${somebody} handed the thread over`;
    case "hostTrouble":
      return `Host ${oneLine(host ?? "")} does not answer`;
  }
}

function lowerFirst(sentence: string): string {
  return /^(The|Somebody) /.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length <= mostTitle ? line : `${line.slice(0, mostTitle - 1)}…`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
