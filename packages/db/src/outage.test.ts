import { expect, test } from "vitest";
import { AppError } from "./errors.ts";
import { isOutage } from "./outage.ts";

const coded = (code: string) => Object.assign(new Error("x"), { code });

test.each([
  ["a refused connection", coded("ECONNREFUSED")],
  ["a server that shuts down", coded("57P01")],
  ["Prisma without a server", coded("P1001")],
  ["a cut connection", new Error("Connection terminated unexpectedly")],
  ["a connection found dead", new Error("Client has encountered a connection error and is not queryable")],
  ["a wait for a lock that took too long", new Error("Database error. Code: `57014`. Message: `canceling statement`")],
  ["a deadlock", new Error("Database error. Code: `40P01`. Message: `deadlock detected`")],
  ["a slow connection", new Error("Connection terminated due to connection timeout")],
  ["a server that starts", new Error("the database system is starting up")],
  ["a cause of ours", new AppError("INTERNAL", { cause: coded("ECONNRESET") })],
])("%s is an outage", (_, error) => {
  expect(isOutage(error)).toBe(true);
});

test.each([
  ["broken JSON", new SyntaxError("Unterminated string in JSON at position 5")],
  ["a command that was killed", new Error("the sandbox ended: Terminated")],
  ["a fault of the data", coded("P2002")],
  ["no error", "terminated"],
])("%s is none", (_, error) => {
  expect(isOutage(error)).toBe(false);
});
