import { permissions } from "@heddle/db/permissions";
import { describe, expect, test } from "vitest";
import { loadRoutes } from "../testing/serve-routes.ts";
import { appRouter } from "./root.ts";

type Accessible = { access?: unknown };

function expectAccess(access: unknown): void {
  if (access === "public" || access === "user") return;
  expect(access).toMatchObject({
    on: expect.stringMatching(/^(workspace|project|thread)$/),
    permission: expect.any(String),
  });
  expect(Object.keys(permissions)).toContain((access as { permission: string }).permission);
}

describe("door 1", () => {
  const procedures = Object.entries(
    appRouter._def.procedures as unknown as Record<string, { _def: { meta?: Accessible } }>,
  );

  test("there are procedures to look at", () => expect(procedures.length).toBeGreaterThan(20));

  test.each(procedures)("%s says who may call it", (_, { _def }) => expectAccess(_def.meta?.access));

  test("the procedures open to everyone are these, all for who has a link", () => {
    const open = procedures.filter(([, { _def }]) => _def.meta?.access === "public");
    expect(open.map(([name]) => name).sort()).toEqual([
      "account.checkReset",
      "account.useReset",
      "invitations.join",
      "invitations.offer",
    ]);
  });

  test("every export of every route was made by route()", async () => {
    const routes = await loadRoutes();
    expect(routes.length).toBeGreaterThan(8);
    for (const { file, module } of routes) {
      const handlers = Object.entries(module);
      expect(handlers.length, file).toBeGreaterThan(0);
      for (const [method, handler] of handlers) {
        expect(method, file).toMatch(/^(GET|POST|PUT|PATCH|DELETE)$/);
        expectAccess((handler as Accessible).access);
        expect(Object.hasOwn(handler, "access"), file).toBe(true);
      }
    }
  });

  test("the routes open to everyone are these", async () => {
    const open = (await loadRoutes()).filter(({ module }) =>
      Object.values(module).some((handler) => (handler as Accessible).access === "public"),
    );
    expect(open.map(({ file }) => file).sort()).toEqual([
      "api/[...path]/route.ts",
      "api/auth/[...nextauth]/route.ts",
      "api/health/route.ts",
      "api/trpc/[...trpc]/route.ts",
      "api/v1/[...path]/route.ts",
      "api/v1/openapi.json/route.ts",
    ]);
  });
});
