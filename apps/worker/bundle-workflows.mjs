import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode } from "@temporalio/worker";

const workflowsPath = fileURLToPath(new URL("src/workflows/index.ts", import.meta.url));
const { code } = await bundleWorkflowCode({ workflowsPath });
await mkdir(new URL("dist/", import.meta.url), { recursive: true });
await writeFile(new URL("dist/workflow-bundle.js", import.meta.url), code);
