import { describe, expect, test } from "vitest";
import { smtpOptions } from "./smtp-options.ts";

describe("smtpOptions", () => {
  test("takes host, port and credentials", () => {
    expect(smtpOptions("smtps://ada%40example.test:p%2Fw@mail.example.test")).toMatchObject({
      host: "mail.example.test",
      port: 465,
      secure: true,
      auth: { user: "ada@example.test", pass: "p/w" },
    });
    expect(smtpOptions("smtp://[::1]:2525")).toMatchObject({ host: "::1", port: 2525, secure: false, auth: undefined });
  });

  test("sends no password in the clear, except on this machine", () => {
    expect(smtpOptions("smtp://u:p@mail.example.test")).toMatchObject({ requireTLS: true, ignoreTLS: false });
    expect(smtpOptions("smtp://u:p@127.0.0.1:25")).toMatchObject({ requireTLS: false, ignoreTLS: true });
  });

  test.each(["mail.example.test", "https://u:geheim@mail.example.test", "smtp:"])(
    "refuses %s without repeating it",
    (address) => {
      expect(() => smtpOptions(address)).toThrow(/^HEDDLE_SMTP_URL must be [^g]*$/);
    },
  );
});
