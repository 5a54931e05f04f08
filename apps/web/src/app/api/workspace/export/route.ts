import { exportWorkspace } from "@heddle/db/export-workspace";
import { archiveOf } from "../../../../server/export-archive.ts";
import { route } from "../../../../server/route.ts";

/** The workspace as a file: what its maker may see of it. */
export const GET = route({ workspace: "workspace.export" }, ({ scope }) => {
  const day = new Date().toISOString().slice(0, 10);
  return new Response(archiveOf(exportWorkspace(scope)), {
    headers: {
      "content-type": "application/gzip",
      "content-disposition": `attachment; filename="heddle-workspace-${day}.tar.gz"`,
      "cache-control": "no-store",
    },
  });
});
