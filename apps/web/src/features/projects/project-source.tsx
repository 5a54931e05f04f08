"use client";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { CodeLine } from "@heddle/ui/code-line";
import { FetchProgress } from "@heddle/ui/fetch-progress";
import { HostKeyPanel } from "@heddle/ui/host-key-panel";
import { Link } from "@heddle/ui/link";
import { RelativeTime } from "@heddle/ui/relative-time";
import { messageOf } from "../shell/failure.ts";
import type { Outputs } from "../shell/trpc.ts";
import { useRemote } from "./use-remote.ts";

type Project = Outputs["projects"]["get"];

/** Where the repository is, as people write it. */
export const addressOf = ({ source }: Pick<Project, "source">) => ("url" in source ? source.url : source.path);

/** What the project's source asks of people, and what has become of it. */
export function SourceState({ project }: { project: Project }) {
  const { remote, reason, status } = project;
  const offered = remote?.offeredHostKey;
  const waits = offered !== null && offered !== undefined;
  return (
    <>
      {waits && <HostKey project={project} offered={offered} />}
      {!waits && status === "ready" && reason && (
        <Banner tone="warn" title={titleOf(project)} className="mx-4" action={<ToSettings project={project} />}>
          {reason} Threads go on from what was fetched last.
        </Banner>
      )}
      {!waits && <Reading project={project} />}
      {(project.reasonCode === "REMOTE_AUTH_FAILED" || (waits && project.fetchedAt === null)) && (
        <PublicKey project={project} />
      )}
      <Changes project={project} />
    </>
  );
}

function ToSettings({ project }: { project: Project }) {
  if (!project.remote || !project.permissions.includes("project.manage")) return null;
  return (
    <Button size="sm" asChild>
      <Link href={`/projects/${project.id}/settings`}>Change</Link>
    </Button>
  );
}

function titleOf({ source, reasonCode }: Project): string {
  if (reasonCode === "REMOTE_AUTH_FAILED") return "The repository's server refuses the project";
  return "url" in source ? "The repository cannot be fetched" : "The repository's folder cannot be read any more";
}

function HostKey({ project, offered }: { project: Project; offered: string }) {
  const { confirm } = useRemote(project.id);
  const canManage = project.permissions.includes("project.manage");
  return (
    <div className="px-4">
      <HostKeyPanel
        host={hostOf(addressOf(project))}
        offered={offered}
        confirmed={project.remote?.hostKey ?? null}
        onConfirm={canManage ? () => confirm.mutate({ projectId: project.id, fingerprint: offered }) : undefined}
        pending={confirm.isPending}
        error={messageOf(confirm.error)}
      />
    </div>
  );
}

function hostOf(address: string): string {
  return /^(?:\w+:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)/.exec(address)?.[1] ?? address;
}

function Reading({ project }: { project: Project }) {
  const { cancel } = useRemote(project.id);
  const { status, remote } = project;
  if (status !== "cloning" && !remote?.progress) return null;
  const canCancel = remote !== null && project.permissions.includes("project.manage");
  return (
    <div role="status" className="px-5">
      {status === "cloning" && (
        <p className="mb-2 text-muted">Threads started now begin as soon as the repository is there.</p>
      )}
      <FetchProgress
        progress={remote?.progress ?? null}
        onCancel={canCancel ? () => cancel.mutate({ projectId: project.id }) : undefined}
        cancelling={cancel.isPending}
      />
    </div>
  );
}

/** The line to add at the server, for who may do something about it. */
export function PublicKey({ project }: { project: Project }) {
  const publicKey = project.remote?.publicKey;
  if (!publicKey) return null;
  return (
    <div className="flex flex-col gap-1.5 px-4 text-left">
      <h2 className="text-muted text-sm">
        {project.remote?.offeredHostKey
          ? "Add this public key at the server, too:"
          : "Add this public key at the server, then fetch:"}
      </h2>
      <CodeLine text={publicKey} label="Copy the public key" />
    </div>
  );
}

function Changes({ project }: { project: Project }) {
  const { changes } = project;
  if (!changes) return null;
  const { rewritten, deleted, defaultBranch } = changes;
  return (
    <Banner title="The repository has changed in ways to know of" className="mx-4">
      <ul className="list-disc pl-4">
        {defaultBranch && (
          <li>
            The default branch is now <Name>{defaultBranch.to}</Name> instead of <Name>{defaultBranch.from}</Name>: new
            threads start from it.
          </li>
        )}
        {rewritten.length > 0 && (
          <li>
            History was rewritten: <Names names={rewritten} />. Threads go on from what they started from.
          </li>
        )}
        {deleted.length > 0 && (
          <li>
            Deleted: <Names names={deleted} />. Threads that started there keep their base.
          </li>
        )}
      </ul>
      <p className="mt-1 text-subtle text-xs">
        Found <RelativeTime at={changes.at} />
      </p>
    </Banner>
  );
}

const Name = ({ children }: { children: string }) => (
  <code className="font-mono text-xs [overflow-wrap:anywhere]">{children}</code>
);

function Names({ names }: { names: readonly string[] }) {
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 && ", "}
      <Name>{name}</Name>
    </span>
  ));
}
