import type SMTPPool from "nodemailer/lib/smtp-pool";

const loopback = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/;

/**
 * `smtp[s]://[user:password@]host[:port]` as options for nodemailer. `smtps` is TLS from the first byte. With `smtp` a
 * password is only sent after STARTTLS, except to this machine itself.
 * @throws an Error without the address, which may hold a password
 */
export function smtpOptions(address: string): SMTPPool.Options {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === "") {
    throw new Error("HEDDLE_SMTP_URL must be smtp[s]://[user:password@]host[:port]");
  }
  const secure = url.protocol === "smtps:";
  const local = loopback.test(url.hostname);
  const user = decodeURIComponent(url.username);
  return {
    pool: true,
    maxConnections: 2,
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ignoreTLS: !secure && local,
    requireTLS: !secure && !local && user !== "",
    auth: user === "" ? undefined : { user, pass: decodeURIComponent(url.password) },
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
