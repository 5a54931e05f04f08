import type { MemberView } from "@heddle/db/members.schema";
import type { SearchHit } from "@heddle/db/search.schema";
import { Avatar } from "@heddle/ui/avatar";
import type { PaletteEntry } from "@heddle/ui/command-palette";
import { FilePath } from "@heddle/ui/file-path";
import { MarkedPassage } from "@heddle/ui/marked-passage";
import { StatusDot } from "@heddle/ui/status-dot";
import type { ThreadView } from "@heddle/ui/types";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowRight, Bot, FileText, Folder, MessageSquare, Search, Settings } from "lucide-react";
import { useParams } from "next/navigation";
import { sections } from "../settings/sections.ts";
import { mentionInComposer } from "../shell/keys.ts";
import { keysTo, places } from "../shell/places.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useGo } from "../shell/use-go.ts";
import { useWorkspace } from "../shell/use-workspace.ts";
import { useThreadAddress } from "../threads/use-thread-address.ts";
import { type Action, useActions } from "./use-actions.ts";

type Project = Outputs["projects"]["list"][number];
type Target = { label: string; href: string; setting: boolean };

/** How each kind of thing looks in the palette and what choosing it does, and what there is besides rows of the workspace. */
export function useEntryMakers() {
  const go = useGo();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const actions = useActions();
  const workspace = useWorkspace().data;
  const { show } = useThreadAddress();
  const { threadId } = useParams<{ threadId?: string }>();
  const projects = useQuery(trpc.projects.list.queryOptions()).data;
  const diff = threadId && queryClient.getQueryData(trpc.threads.diff.queryKey({ threadId }));
  const changed = new Set(diff ? diff.files.map(({ path }) => path) : []);
  const settings = Object.entries(sections)
    .filter(([, entry]) => !("permission" in entry) || workspace?.permissions.includes(entry.permission))
    .map(([name, { label }]): Target => ({ label, href: `/settings/${name}`, setting: true }));
  const known = new Set(settings.map(({ href }) => href));

  return {
    actions,
    places: [...places.filter(({ href }) => !known.has(href)).map((one) => ({ ...one, setting: false })), ...settings],

    thread: (thread: ThreadView): PaletteEntry => ({
      id: `thread-${thread.id}`,
      label: thread.title,
      icon: <StatusDot status={thread.status} unread={thread.unread} />,
      note: projects?.find(({ id }) => id === thread.projectId)?.name,
      onSelect: () => go(`/threads/${thread.id}`),
    }),

    file: (path: string): PaletteEntry => ({
      id: `file-${path}`,
      label: <FilePath path={path} />,
      icon: <FileText aria-hidden />,
      note: changed.has(path) ? "Show its changes" : "Mention in the prompt",
      onSelect: () => (changed.has(path) ? show({ tab: "changes", file: path }) : mentionInComposer(path)),
    }),

    project: (project: Project): PaletteEntry => ({
      id: `project-${project.id}`,
      label: project.name,
      icon: <Folder aria-hidden />,
      onSelect: () => go(`/projects/${project.id}`),
    }),

    action: ({ label, icon: Icon, keys, run }: Action): PaletteEntry => ({
      id: `action-${label}`,
      label,
      icon: <Icon aria-hidden />,
      keys,
      onSelect: run,
    }),

    place: ({ label, href, setting }: Target): PaletteEntry => ({
      id: `place-${href}`,
      label,
      icon: setting ? <Settings aria-hidden /> : <ArrowRight aria-hidden />,
      keys: keysTo(href),
      note: setting ? "Settings" : undefined,
      onSelect: () => go(href),
    }),

    member: (member: MemberView): PaletteEntry => ({
      id: `member-${member.id}`,
      label: member.name,
      icon: <Avatar name={member.name} size={16} />,
      note: "Threads of this member",
      onSelect: () => go(`/search?by=${member.id}`),
    }),

    found: ({ thread, place, passage }: SearchHit): PaletteEntry => ({
      id: `found-${thread.id}`,
      label: <MarkedPassage parts={passage} />,
      icon: place === "prompt" ? <MessageSquare aria-hidden /> : <Bot aria-hidden />,
      note: thread.title,
      onSelect: () => go(`/threads/${thread.id}`),
    }),

    searchFor: (query: string): PaletteEntry => ({
      id: "search",
      label: `Search for “${query}”`,
      icon: <Search aria-hidden />,
      keys: keysTo("/search"),
      onSelect: () => go(`/search?q=${encodeURIComponent(query)}`),
    }),
  };
}
