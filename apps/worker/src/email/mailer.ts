import type { InboxEmailContent } from "@heddle/db/send-inbox-email";
import { createTransport } from "nodemailer";
import { emailText, settingsLink } from "./email-text.ts";
import { smtpOptions } from "./smtp-options.ts";

export type Mailer = {
  /**
   * @returns `refused` when the server never will take it: it knows no such address, or does not want the text
   * @throws SmtpFailure when it may do so later
   */
  send(content: InboxEmailContent): Promise<"sent" | "refused">;
  close(): void;
};

export type MailerOptions = {
  smtpUrl: string;
  /** The sender; `heddle@` and the host of `baseUrl` when absent. */
  from?: string;
  /** Where people open Heddle. */
  baseUrl: string;
};

/** What may be told of a failure: servers repeat addresses and more in their sentences. */
export class SmtpFailure extends Error {
  override readonly name = "SmtpFailure";
  readonly code: string;

  constructor({ code, responseCode }: SmtpError) {
    super(`SMTP: ${code ?? "ESEND"}${responseCode === undefined ? "" : ` ${responseCode}`}`);
    this.code = code ?? "ESEND";
  }
}

type SmtpError = { code?: string; responseCode?: number };

/** Sends e-mails about inbox items, each under an id of its own: one that is sent again is known by it. */
export function createMailer({ smtpUrl, from, baseUrl }: MailerOptions): Mailer {
  const transport = createTransport(smtpOptions(smtpUrl));
  const base = baseUrl.replace(/\/+$/, "");
  const domain = new URL(base).hostname;
  const sender = from ?? { name: "Heddle", address: `heddle@${domain}` };
  return {
    async send(content) {
      try {
        await transport.sendMail({
          from: sender,
          to: content.to,
          messageId: `<inbox-${content.itemId}@${domain}>`,
          headers: { "Auto-Submitted": "auto-generated" },
          list: { unsubscribe: { url: settingsLink(base), comment: "Settings of notifications" } },
          ...emailText(content, base),
        });
        return "sent";
      } catch (error) {
        const failure = error as SmtpError;
        if (isRefused(failure)) return "refused";
        throw new SmtpFailure(failure);
      }
    },
    close: () => transport.close(),
  };
}

/** About this e-mail, not about our account at the server or the connection to it. */
function isRefused({ code, responseCode = 0 }: SmtpError): boolean {
  return (code === "EENVELOPE" || code === "EMESSAGE") && responseCode >= 500;
}
