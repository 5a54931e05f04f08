import { expect, test } from "vitest";
import { explainFailure } from "./explain-failure.ts";
import { StartFailure } from "./start-failure.ts";

const withCode = (code: string) => Object.assign(new Error(`it says ${code}`), { code });

test.each([
  ["ENOSPC", "a disk is full"],
  ["EROFS", "can only be read"],
  ["EACCES", "may not be used by this user"],
  ["XX001", "the database is damaged"],
])("%s is explained", (code, sentence) => {
  expect(explainFailure(withCode(code))).toContain(sentence);
});

test("codes are found where Prisma and others have wrapped them", () => {
  const cause = { originalCode: "58P01", kind: "postgres" };
  const error = Object.assign(new Error("Raw query failed"), {
    code: "P2010",
    meta: { driverAdapterError: { cause } },
  });
  expect(explainFailure(error)).toContain("npm run repair");
  expect(explainFailure(new Error("outer", { cause: withCode("ENOSPC") }))).toContain("a disk is full");
});

test("a sentence of ours stays as it is; what is not known is a fault of the program", () => {
  expect(explainFailure(new StartFailure("so."))).toBe("so.");
  expect(explainFailure(new TypeError("x is not a function"))).toBeNull();
  expect(explainFailure(undefined)).toBeNull();
});
