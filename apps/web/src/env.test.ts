import { expect, test } from "vitest";
import { readEnv } from "./env.ts";

const good = {
  HEDDLE_HOME: "/srv/heddle",
  DATABASE_URL: "postgres://localhost/heddle",
  TEMPORAL_ADDRESS: "localhost:7233",
  HEDDLE_SECRET_KEYS: Buffer.alloc(32).toString("base64"),
  NEXTAUTH_SECRET: "x".repeat(32),
  NEXTAUTH_URL: "http://localhost:3000",
};

test("what is not given has a default; an empty variable counts as not given", () => {
  const env = readEnv({ ...good, HEDDLE_PORT: "", HEDDLE_ALLOWED_PRIVATE_HOSTS: "Localhost, ::1" });
  expect(env).toMatchObject({
    HEDDLE_PORT: 3000,
    HEDDLE_HOST: "127.0.0.1",
    HEDDLE_REPO_ROOTS: ["/"],
    LOG_LEVEL: "info",
  });
  expect(env.HEDDLE_ALLOWED_PRIVATE_HOSTS).toEqual(["localhost", "::1"]);
});

test("an issuer is told as a whole, with groups and roles that there are", () => {
  const oidc = { HEDDLE_OIDC_ISSUER: "https://id.example.com/", HEDDLE_OIDC_CLIENT_ID: "heddle" };
  expect(readEnv({ ...good, ...oidc, HEDDLE_OIDC_ROLES: "a=b=admin, c = viewer" })).toMatchObject({
    HEDDLE_OIDC_ISSUER: "https://id.example.com",
    HEDDLE_OIDC_ROLES: [
      { group: "a=b", role: "admin" },
      { group: "c", role: "viewer" },
    ],
    HEDDLE_OIDC_ROLE: "member",
  });
  const refused = (more: Record<string, string>) => () => readEnv({ ...good, ...oidc, ...more });
  expect(refused({ HEDDLE_OIDC_CLIENT_ID: "" })).toThrow("HEDDLE_OIDC_CLIENT_ID");
  expect(refused({ HEDDLE_OIDC_ISSUER: "http://id.example.com" })).toThrow("HEDDLE_OIDC_ISSUER: must be https");
  expect(refused({ HEDDLE_OIDC_ROLES: "a=owner" })).toThrow("HEDDLE_OIDC_ROLES");
  expect(refused({ HEDDLE_OIDC_ROLE_CLAIM: "groups" })).toThrow("HEDDLE_OIDC_ROLES");
});

test("every fault is named at once, with what it should be, and no value is repeated", () => {
  const bad = {
    ...good,
    HEDDLE_PORT: "99999",
    HEDDLE_SECRET_KEYS: "c2hvcnQ=",
    NEXTAUTH_SECRET: "hunter2",
    HEDDLE_HOME: undefined,
  };
  const message = (() => {
    try {
      readEnv(bad);
      return "";
    } catch (error) {
      return String(error);
    }
  })();
  for (const name of ["HEDDLE_PORT", "HEDDLE_SECRET_KEYS", "NEXTAUTH_SECRET", "HEDDLE_HOME"])
    expect(message).toContain(name);
  expect(message).not.toMatch(/hunter2|c2hvcnQ=/);
});
