import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { inside } from "./types.ts";

/** Small files of the sandbox's own, each with the descriptor over which bwrap reads it. */
export type DataFile = { path: string; text: string };

/** Files below /etc that programs need and that tell nothing about the host's users. */
const etcPaths = [
  "alternatives",
  "ca-certificates",
  "crypto-policies",
  "fonts",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "localtime",
  "magic",
  "mime.types",
  "os-release",
  "pki/tls/certs",
  "pki/ca-trust/extracted",
  "protocols",
  "services",
  "ssl/certs",
  "ssl/openssl.cnf",
];

export const ownFiles: readonly DataFile[] = [
  {
    path: "/etc/passwd",
    text: `root:x:0:0:root:/:/usr/sbin/nologin\nagent:x:1000:1000:agent:${inside.home}:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
  },
  { path: "/etc/group", text: "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n" },
  { path: "/etc/hosts", text: "127.0.0.1 localhost heddle\n::1 localhost\n" },
  { path: "/etc/nsswitch.conf", text: "passwd: files\ngroup: files\nhosts: files\n" },
];

/** bwrap's arguments for the read-only system: /usr, the links or folders beside it, parts of /etc. */
export function systemMounts(): string[] {
  const besideUsr = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"].map((name) => `/${name}`).filter(existsSync);
  const java = readdirSync("/etc").filter((name) => name.startsWith("java"));
  return [
    ...["--ro-bind", "/usr", "/usr"],
    ...besideUsr.flatMap((path) =>
      lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path],
    ),
    ...[...etcPaths, ...java].map((name) => `/etc/${name}`).flatMap((path) => ["--ro-bind-try", path, path]),
  ];
}

export type NodeInstallation = { binary: string; npm: string | null };

/** The running Node when it lies outside /usr (nvm and the like): the binary and npm alone, as its prefix may be a whole home. */
export function nodeOutsideUsr(execPath: string = process.execPath): NodeInstallation | null {
  if (execPath.startsWith("/usr/") || basename(execPath) !== "node") return null;
  const npm = join(dirname(dirname(execPath)), "lib/node_modules/npm");
  return { binary: execPath, npm: existsSync(npm) ? npm : null };
}

/** bwrap's arguments that show it at /opt/node; `source` says under which path bwrap finds a path of the host. */
export function nodeMounts({ binary, npm }: NodeInstallation, source: (path: string) => string): string[] {
  const mounts = ["--ro-bind", source(binary), "/opt/node/bin/node"];
  if (npm === null) return mounts;
  const links = ["npm", "npx"].flatMap((name) => [
    "--symlink",
    `../lib/node_modules/npm/bin/${name}-cli.js`,
    `/opt/node/bin/${name}`,
  ]);
  return [...mounts, "--ro-bind", source(npm), "/opt/node/lib/node_modules/npm", ...links];
}
