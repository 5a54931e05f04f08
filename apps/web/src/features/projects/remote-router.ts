import { AppError } from "@heddle/db/errors";
import { getProject } from "@heddle/db/projects";
import { projectView } from "@heddle/db/projects.schema";
import { parseRemoteUrl, type RemoteUrl } from "@heddle/db/remote-url";
import { cancelFetch, confirmHostKey, setRemote } from "@heddle/db/remotes";
import { setRemoteInput } from "@heddle/db/remotes.schema";
import { z } from "zod";
import { projectProcedure } from "../../server/trpc.ts";
import { assertAddressAllowed } from "../providers/address.ts";
import { credentialOf } from "./credential.ts";

type FileUrl = { scheme: "file"; path: string };

/**
 * The address of a repository that is elsewhere; its server is told at once if no admin has allowed it.
 * @throws URL_NOT_VALID and its like, ADDRESS_NOT_ALLOWED
 */
export async function checkRemoteUrl(text: string, allowedHosts: readonly string[]): Promise<RemoteUrl | FileUrl> {
  const url = parseRemoteUrl(text);
  if (url.scheme === "file") return url;
  await assertAddressAllowed(`https://${url.host.includes(":") ? `[${url.host}]` : url.host}`, allowedHosts);
  return url;
}

/** How a repository at a URL is reached. */
export const remoteProcedures = {
  setRemote: projectProcedure("project.manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/projects/{projectId}/remote",
        summary: "Changes address, credential or schedule; what is absent stays as it is",
      },
    })
    .input(setRemoteInput)
    .output(projectView)
    .mutation(async ({ ctx, input: { projectId, url: text, credential, fetchEveryMinutes } }) => {
      const { name, source } = await getProject(ctx.scope);
      if (!("url" in source)) throw new AppError("NO_REMOTE");
      const url = await checkRemoteUrl(text ?? source.url, ctx.runtime.env.HEDDLE_ALLOWED_PRIVATE_HOSTS);
      if (url.scheme === "file") {
        throw new AppError("URL_SCHEME_NOT_ALLOWED", { message: "A folder is a project of its own. Add it as one." });
      }
      const project = await setRemote(ctx.scope, ctx.runtime.secrets, {
        ...(text === undefined ? {} : { url }),
        ...(credential === undefined ? {} : { credential: credentialOf(credential, url, name) }),
        fetchEveryMinutes,
      });
      ctx.runtime.workflows.pokeProject(projectId);
      return project;
    }),

  confirmHostKey: projectProcedure("project.manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/projects/{projectId}/host-key",
        summary: "Trusts the key that the repository's ssh server shows",
      },
    })
    .input(z.object({ fingerprint: z.string().max(200) }))
    .output(projectView)
    .mutation(async ({ ctx, input: { projectId, fingerprint } }) => {
      const project = await confirmHostKey(ctx.scope, fingerprint);
      ctx.runtime.workflows.pokeProject(projectId);
      return project;
    }),

  cancelFetch: projectProcedure("project.manage")
    .meta({
      openapi: { method: "POST", path: "/projects/{projectId}/cancel-fetch", summary: "Gives up the fetch under way" },
    })
    .output(projectView)
    .mutation(({ ctx }) => cancelFetch(ctx.scope)),
};
