import { secretKeyId } from "@heddle/db/secrets";
import pg from "pg";

/**
 * One sentence for each stored provider key that none of these keys opens.
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
    return rows.map(
      ({ name, workspace }) =>
        `The key of the provider “${name}” in the workspace “${workspace}” was sealed with a secret key that is not here. Remove the provider under Settings › Providers and add it again; or put the old secret key back, as the last one of HEDDLE_SECRET_KEYS`,
    );
  } finally {
    await client.end();
  }
}
