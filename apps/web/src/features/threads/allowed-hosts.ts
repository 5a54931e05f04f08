const webPorts = [80, 443];

/** How a host is written in an allow-list: with its port unless that is one of the web's. */
export function hostEntry(host: string, port: number): string {
  return webPorts.includes(port) ? host : `${host}:${port}`;
}

/** Whether a list names this host and port, as `name` or `*.name`, each with an optional port. */
export function isListed(list: readonly string[], host: string, port: number): boolean {
  return list.some((entry) => {
    const [, wildcard, name = "", wanted] = /^(\*\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    const fits = wildcard === undefined ? host === name : host.endsWith(`.${name}`);
    return fits && (wanted === undefined ? webPorts.includes(port) : port === Number(wanted));
  });
}
