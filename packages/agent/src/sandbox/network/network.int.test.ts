import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type NetworkStage, openNetworkStage, portOf, proxyPort, toProxy } from "../testing/network-stage.ts";
import { shell, until } from "../testing/sandbox-home.ts";

let stage: NetworkStage;
beforeAll(async () => {
  stage = await openNetworkStage();
});
beforeEach(() => stage.reset());
afterAll(() => stage.close());

describe("a listed host", () => {
  it("is reached by plain requests and through CONNECT, each decision told", async () => {
    const { stdout, stderr } = await stage.run("curl -sS http://a.test/one; curl -sSp http://A.TEST./two");
    expect({ stdout, stderr }).toEqual({ stdout: "site /onesite /two", stderr: "" });
    expect(stage.policy.summary()).toEqual(["a.test:80 allowed", "a.test:80 allowed"]);
    expect(stage.world.dialled).toEqual(["9.9.9.9:80", "9.9.9.9:80"]);
  });

  it("gets what was sent, and answers as it does", async () => {
    const { stdout } = await stage.run(`head -c 300000 /dev/zero > big
      for how in '' 'Transfer-Encoding: chunked'; do curl -sSi -H "$how" -T big http://a.test/big | tr -d '\\r'; echo; done`);
    expect(stdout.match(/^x-kept: \d$/gm)).toHaveLength(4);
    expect(stdout).not.toContain("x-dropped");
    const put = { method: "PUT", url: "/big", bodyBytes: 300_000 };
    expect(stage.seen).toMatchObject([put, put]);
  });

  it("is named as it was allowed, and hears nothing that was meant for the proxy", async () => {
    const headers = [
      "Host: other.test",
      "Connection: x-hop",
      "X-Hop: 1",
      "Proxy-Connection: close",
      "TE: trailers",
      "X-Kept: 1",
    ];
    const options = headers.map((header) => `-H '${header}'`).join(" ");
    await stage.run(`curl -sS -x http://user:secret@127.0.0.1:${proxyPort} ${options} http://a.test/`);
    const [got] = stage.seen;
    expect(got?.headers).toMatchObject({ host: "a.test", "x-kept": "1" });
    expect(Object.keys(got?.headers ?? {}).filter((name) => /proxy|hop|^te$/.test(name))).toEqual([]);
  });

  it("that is not there is told from one that does not answer", async () => {
    stage.world.names.set("silent.test", ["9.9.9.10"]);
    stage.policy.lists.commands = ["gone.test", "silent.test"];
    const { stdout } = await stage.run("curl -sS http://gone.test/; curl -sS http://silent.test/");
    expect(stdout).toBe("Heddle: gone.test is not known to the name servers.\nHeddle: silent.test does not answer.\n");
    expect(stage.policy.summary()).toEqual(["gone.test:80 NAME_NOT_FOUND", "silent.test:80 NO_ANSWER"]);
  });
});

describe("a host that is not listed", () => {
  const sentence =
    "Heddle: other.test is not on this project's network list. An admin can add it in the project's settings.";

  it("is refused with a sentence, before any name server hears of it", async () => {
    stage.world.names.set("other.test", ["9.9.9.9"]);
    const { stdout } = await stage.run(
      "for how in -i -ip; do curl -sS $how http://other.test/ | tr -d '\\r'; done; curl -sSv https://other.test/ 2>&1 | tr -d '\\r'",
    );
    expect(stdout.split(`HTTP/1.1 403 ${sentence}\n`)).toHaveLength(4);
    expect(stdout.split(`\n\n${sentence}\n`)).toHaveLength(2);
    expect(stage.world.dialled).toEqual([]);
    const refusals = [80, 80, 443].map((port) => `other.test:${port} HOST_NOT_ALLOWED`);
    expect(stage.policy.summary()).toEqual(refusals);
  });

  it("is told at the end of a command that failed, once, and not to one that did without", async () => {
    const ask = "curl -sS https://other.test/ 2>/dev/null; curl -sS https://other.test/ 2>/dev/null";
    expect(await stage.run(`${ask}; printf end; exit 3`)).toMatchObject({ stdout: "end", stderr: `\n${sentence}\n` });
    expect(await stage.run(`${ask}; true`)).toMatchObject({ stdout: "", stderr: "" });
  });

  it("is one at another port", async () => {
    const { stdout } = await stage.run("curl -sS http://a.test:8080/; curl -sSp http://a.test:22/");
    expect(stdout).toContain("Heddle: a.test:8080 is not on this project's network list.");
    stage.policy.lists.commands = ["a.test:8080"];
    expect((await stage.run("curl -sS http://a.test:8080/; curl -sS http://a.test/")).stdout).toContain("site /Heddle");
  });

  it("is refused anew when a listed one redirects to it", async () => {
    const places = ["http://other.test/", "http://127.0.0.1:1/", "http://[::1]/", "http://a.test:22/"];
    const to = places.map((place) => `http://a.test/to?${encodeURIComponent(place)}`);
    const { stdout } = await stage.run(`for url in ${to.join(" ")}; do curl -sSL --noproxy '' "$url"; done`);
    expect(stdout.match(/^Heddle: /gm)).toHaveLength(places.length);
    expect(stage.world.dialled).toEqual(places.map(() => "9.9.9.9:80"));
  });

  it("is every host while the list cannot be read", async () => {
    const { allowedHosts } = stage.policy;
    stage.policy.allowedHosts = () => Promise.reject(new Error("no database"));
    const { stdout } = await stage.run("curl -sS http://a.test/");
    stage.policy.allowedHosts = allowedHosts;
    expect(stdout).toBe("Heddle: The project's network list cannot be read now. Try again in a moment.\n");
    expect(stage.policy.summary()).toEqual(["a.test:80 POLICY_UNKNOWN"]);
  });
});

describe("the list", () => {
  it("holds as it is at each connection, and cuts those that it no longer allows", async () => {
    const opened = until(() => stage.policy.decisions.length > 0).then(() => {
      stage.policy.lists.commands = [];
    });
    const { stdout } = await stage.run(
      `${toProxy("CONNECT a.test:443 HTTP/1.1\\r\\n\\r\\n")}; cat <&3; curl -sS http://a.test/`,
    );
    await opened;
    expect(stdout).toMatch(/^HTTP\/1.1 200 Connection established\r\n\r\nHeddle: a.test is not on/);
    const refused = ["a.test:443 HOST_NOT_ALLOWED", "a.test:80 HOST_NOT_ALLOWED"];
    expect(stage.policy.summary()).toEqual(["a.test:443 allowed", ...refused]);
  });

  it("of the setup script is open to it alone, and only while it runs", async () => {
    const setup = await stage.run(`curl -sS http://b.test/; echo; curl -sS http://a.test/; echo ${proxyPort}`, "setup");
    const [reached, refused, port] = setup.stdout.split("\n");
    expect(reached).toBe("site /");
    expect(refused).toMatch(/^Heddle: a.test is not on this project's network list for its setup script\./);
    const after = await stage.run(
      `curl -sS http://b.test/; curl -sS -x http://127.0.0.1:${port} http://b.test/ 2>/dev/null || echo none`,
    );
    expect(after.stdout).toMatch(/^Heddle: b.test is not on this project's network list\. .*\nnone\n$/);
    expect(stage.policy.decisions.map(({ list }) => list)).toEqual(["setup", "setup", "commands"]);
  });

  it("is for commands that ask for it: others have no variable, no listener and no socket", async () => {
    const plain = await shell(stage.sandbox, "env; grep -c ' 0A ' /proc/net/tcp; curl -sS http://a.test/");
    expect(plain.stdout.toLowerCase()).not.toContain("proxy");
    expect(plain.stdout).toMatch(/^0$/m);
    expect(plain.exitCode).toBe(6);
    expect(await stage.sockets()).toEqual([]);
    expect(stage.policy.decisions).toEqual([]);
  });

  it("is not there in a sandbox that was opened without", async () => {
    const without = await stage.home.open("without");
    const result = await shell(without, "env; curl -sS http://a.test/", { network: "commands" });
    expect(result.stdout.toLowerCase()).not.toContain("proxy");
    expect(result.exitCode).toBe(6);
  });
});

describe("what is no HTTP as it should be", () => {
  const send = (bytes: string) => stage.run(`${toProxy(bytes)}; timeout 5 cat <&3 | tr -d '\\r'`);
  const post = "POST http://a.test/ HTTP/1.1\\r\\nHost: a.test\\r\\n";

  it.each([
    ["a path alone", "GET / HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n"],
    ["https in the clear", "GET https://a.test/ HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n"],
    ["CONNECT without a port", "CONNECT a.test HTTP/1.1\\r\\n\\r\\n"],
    ["CONNECT to a URL", "CONNECT http://a.test:80/ HTTP/1.1\\r\\n\\r\\n"],
    ["a length and chunks", `${post}Content-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nGET`],
    ["two lengths", `${post}Content-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabcd`],
    ["a blank in a header's name", "GET http://a.test/ HTTP/1.1\\r\\nHost: a.test\\r\\nX : y\\r\\n\\r\\n"],
    ["other protocols", "SSH-2.0-OpenSSH\\r\\n\\r\\n"],
  ])("%s", async (_, bytes) => {
    expect((await send(bytes)).stdout).toMatch(/^HTTP\/1.1 400 /);
    expect(stage.seen).toEqual([]);
    expect(stage.world.dialled).toEqual([]);
  });

  it("endless headers: refused in words also to one who is still talking", async () => {
    const talk = "head -c 300000 /dev/zero | tr '\\0' x >&3 2>/dev/null; head -1 <&3; exec 3>&-";
    const { stdout } = await stage.run(
      `for round in {1..20}; do ${toProxy("GET http://a.test/ HTTP/1.1\\r\\nX: ")}; ${talk}; done`,
    );
    expect(stdout).toMatch(/^(HTTP\/1.1 431 .*\r\n){20}$/);
    expect(stage.seen).toEqual([]);
  });

  it("requests behind one another are each decided", async () => {
    const get = (host: string) => `GET http://${host}/ HTTP/1.1\\r\\nHost: a.test\\r\\n\\r\\n`;
    const { stdout } = await send(get("a.test") + get("other.test"));
    expect(stdout.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 403"]);
    expect(stage.seen).toHaveLength(1);
  });

  it("an answer that is none", async () => {
    const liar = createServer((socket) => socket.on("error", () => {}).end("220 mail.test ESMTP\r\n"));
    liar.listen(0, "127.0.0.1");
    await once(liar, "listening");
    stage.world.places.set("9.9.9.9:80", portOf(liar));
    expect((await stage.run("curl -sS http://a.test/")).stdout).toBe("Heddle: a.test did not answer in HTTP.\n");
    liar.close();
  });
});
