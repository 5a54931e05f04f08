import { secretKeyId } from "@heddle/db/secrets";
import pg from "pg";

/**
 * One sentence for each stored key of a provider and credential of a repository that none of these keys opens.
 * @param secretKeys base64 of 32 bytes each, separated by commas
 */
export async function lostKeys(databaseUrl: string, secretKeys: string): Promise<string[]> {
  const known = secretKeys.split(",").map((key) => secretKeyId(Buffer.from(key.trim(), "base64")));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; workspace: string }>(
      `SELECT p.name, w.name AS "workspace" FROM "Provider" p JOIN "Workspace" w ON w.id = p."workspaceId"
       WHERE p."apiKeyEnvelope" IS NOT NULL AND split_part(p."apiKeyEnvelope", '.', 2) <> ALL ($1)
       ORDER BY w.name, p.name`,
      [known],
    );
    // A home of an older version has no such table before its migration.
    const table = await client.query<{ exists: boolean }>(
      `SELECT to_regclass('"ProjectRemote"') IS NOT NULL AS exists`,
    );
    const none: { rows: { name: string; workspace: string }[] } = { rows: [] };
    const remotes = !table.rows[0]?.exists
      ? none
      : await client.query<{ name: string; workspace: string }>(
          `SELECT p.name, w.name AS "workspace" FROM "ProjectRemote" r
       JOIN "Project" p ON p.id = r."projectId" JOIN "Workspace" w ON w.id = p."workspaceId"
       WHERE r."secretEnvelope" IS NOT NULL AND split_part(r."secretEnvelope", '.', 2) <> ALL ($1)
       ORDER BY w.name, p.name`,
          [known],
        );
    const putBack = "put the old secret key back, as the last one of HEDDLE_SECRET_KEYS";
    const ofProviders = rows.map(
      ({ name, workspace }) =>
        `The key of the provider “${name}” in the workspace “${workspace}” was sealed with a secret key that is not here. Remove the provider under Settings › Providers and add it again; or ${putBack}`,
    );
    const ofProjects = remotes.rows.map(
      ({ name, workspace }) =>
        `The credential of the project “${name}” in the workspace “${workspace}” was sealed with a secret key that is not here. Set it anew in the project's settings; or ${putBack}`,
    );
    return [...ofProviders, ...ofProjects];
  } finally {
    await client.end();
  }
}
