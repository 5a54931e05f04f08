import { existsSync } from "node:fs";
import { refuseInTunnelUser } from "./connect.ts";

/** Where distributions keep the certificates that they trust; all of it is visible inside. */
const certificateFiles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem",
];

/**
 * Variables that lead programs to the proxy, and to the certificates that the machine trusts where they bring their own.
 *
 * @param port of the bridge
 * @param hosts the list as it is now
 */
export function networkEnvironment(port: number, hosts: readonly string[]): Record<string, string> {
  const proxy = `http://127.0.0.1:${port}`;
  const direct = "localhost,127.0.0.1,::1";
  const certificates = certificateFiles.find((path) => existsSync(path));
  return {
    http_proxy: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    no_proxy: direct,
    NO_PROXY: direct,
    npm_config_https_proxy: `http://${refuseInTunnelUser}@127.0.0.1:${port}`,
    // Many tools take a refusal for a fault that passes; npm waits for 10 s and 60 s by default.
    npm_config_fetch_retry_mintimeout: "1000",
    npm_config_fetch_retry_maxtimeout: "5000",
    ...(hosts.length === 0 ? { npm_config_fetch_retries: "0", PIP_RETRIES: "0" } : {}),
    // Node's own fetch looks at the others only with this, from 22 on.
    NODE_USE_ENV_PROXY: "1",
    ...(certificates === undefined
      ? {}
      : { SSL_CERT_FILE: certificates, REQUESTS_CA_BUNDLE: certificates, NODE_EXTRA_CA_CERTS: certificates }),
  };
}
