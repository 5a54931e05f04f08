import { AppError } from "./errors.ts";
import { hostOf } from "./host-name.ts";

/** A repository's address, taken apart; `text` is how it is kept and shown, and says the same to git. */
export type RemoteUrl =
  | { scheme: "https"; host: string; port: number; path: string; text: string }
  | { scheme: "ssh"; user: string; host: string; port: number; path: string; text: string };

const defaultPorts = { https: 443, ssh: 22 };
const maxChars = 2_000;

/**
 * Reads `https://host/path`, `ssh://user@host/path`, `user@host:path` or `file:///path`; the last comes out as the path.
 * Git is given nothing that it could take for an option, a helper program or another protocol.
 * @throws URL_NOT_VALID, URL_SCHEME_NOT_ALLOWED, URL_HAS_CREDENTIALS
 */
export function parseRemoteUrl(given: string): RemoteUrl | { scheme: "file"; path: string } {
  const text = given.trim();
  if (text.length > maxChars) invalid(`That is too long: ${maxChars} characters at most.`);
  if (!/^[\x21-\x7e]+$/.test(text)) invalid("An address has no spaces, control characters or letters beyond ASCII.");
  if (/[\\"'<>`^{|}]/.test(text)) invalid("The address has a character that no address has.");
  if (/^[A-Za-z0-9+.-]+::/.test(text)) return refuseScheme(text.slice(0, text.indexOf("::") + 2));
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return parseShort(text);
  switch (scheme.toLowerCase()) {
    case "https":
      return parseHttps(rest);
    case "ssh":
      return parseSsh(rest);
    case "file":
      return { scheme: "file", path: parseFile(rest) };
    default:
      return refuseScheme(`${scheme}://`);
  }
}

function parseHttps(rest: string): RemoteUrl {
  const { userinfo, host, port, path } = takeApart(rest, "https");
  if (userinfo !== null) throw new AppError("URL_HAS_CREDENTIALS");
  const where = port === defaultPorts.https ? "" : `:${port}`;
  return { scheme: "https", host, port, path, text: `https://${inUrl(host)}${where}${path}` };
}

function parseSsh(rest: string): RemoteUrl {
  const { userinfo, host, port, path } = takeApart(rest, "ssh");
  const user = parseUser(userinfo);
  const where = port === defaultPorts.ssh ? "" : `:${port}`;
  return { scheme: "ssh", user, host, port, path, text: `ssh://${user}@${inUrl(host)}${where}${path}` };
}

/** As `scp` has it: the path is relative to the user's home at the server. */
function parseShort(text: string): RemoteUrl {
  const [, userinfo = null, name = "", path = ""] = /^(?:([^/@]*)@)?(\[[^\]]*\]|[^/:@]+):(.*)$/.exec(text) ?? [];
  if (path === "") invalid("Write it as https://host/path, ssh://user@host/path or user@host:path.");
  if (path.startsWith("-")) invalid("The path must not begin with a dash.");
  assertPlainPath(path);
  const host = hostOf(name) ?? invalid(`“${name}” is no name of a host.`);
  const user = parseUser(userinfo);
  return { scheme: "ssh", user, host, port: defaultPorts.ssh, path, text: `${user}@${inUrl(host)}:${path}` };
}

function takeApart(rest: string, scheme: "https" | "ssh") {
  const [, authority = "", path = ""] = /^([^/]*)(\/.*)?$/.exec(rest) ?? [];
  const at = authority.lastIndexOf("@");
  const userinfo = at < 0 ? null : authority.slice(0, at);
  const [, name = "", digits] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority.slice(at + 1)) ?? [];
  const host = hostOf(name) ?? invalid(name === "" ? "The address names no host." : `“${name}” is no name of a host.`);
  const port = digits === undefined ? defaultPorts[scheme] : Number(digits);
  if (digits !== undefined && (!/^\d{1,5}$/.test(digits) || port < 1 || port > 65_535)) {
    invalid("The port is a number from 1 to 65535.");
  }
  if (/^\/*$/.test(path)) invalid("The address names a host, but no repository on it.");
  assertPlainPath(path);
  return { userinfo, host, port, path };
}

function parseFile(rest: string): string {
  if (!rest.startsWith("/")) invalid("A folder is written with three slashes: file:///path/of/the/repository.");
  assertPlainPath(rest);
  return decodeURIComponent(rest);
}

/** A token can hide in a query; what is encoded must not be a control character once git has decoded it. */
function assertPlainPath(path: string): void {
  if (/[?#]/.test(path)) invalid("Leave out what begins with ? or #: an address of a repository has none.");
  const decoded = decode(path) ?? invalid("The address has a % that begins no encoded character.");
  if (/\p{Cc}/u.test(decoded)) invalid("The address has an encoded control character.");
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function parseUser(userinfo: string | null): string {
  if (userinfo === null) return "git";
  if (userinfo.includes(":")) throw new AppError("URL_HAS_CREDENTIALS");
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(userinfo)) invalid(`“${userinfo}” is no name of a user.`);
  return userinfo;
}

const inUrl = (host: string) => (host.includes(":") ? `[${host}]` : host);

function refuseScheme(scheme: string): never {
  const message = `Heddle does not speak ${scheme} to repositories. Use https:// or ssh://.`;
  throw new AppError("URL_SCHEME_NOT_ALLOWED", { message });
}

function invalid(message: string): never {
  throw new AppError("URL_NOT_VALID", { message });
}
