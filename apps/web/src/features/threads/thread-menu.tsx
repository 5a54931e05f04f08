"use client";
import type { ThreadView } from "@heddle/db/threads.schema";
import { DropdownMenu, MenuItem, MenuLabel, MenuSeparator } from "@heddle/ui/dropdown-menu";
import { IconButton } from "@heddle/ui/icon-button";
import { lazyPart } from "@heddle/ui/lazy-part";
import { MenuAt, type MenuPlace } from "@heddle/ui/menu-at";
import {
  Archive,
  ArchiveRestore,
  Copy,
  Ellipsis,
  Link2,
  Pin,
  PinOff,
  Trash2,
  UserRoundCheck,
  Users,
} from "lucide-react";
import { Suspense, useRef, useState } from "react";
import { threadLink } from "../sharing/thread-link.ts";
import { notify } from "../shell/notify.ts";
import { canOn } from "../shell/use-workspace.ts";
import { useSidebarView } from "../sidebar/use-sidebar-view.ts";
import type { ThreadDialogsProps } from "./thread-dialogs.tsx";
import { useRestore } from "./use-archive.ts";
import { isBusy } from "./use-turns.ts";

const ThreadDialogs = lazyPart(() => import("./thread-dialogs.tsx").then((module) => module.ThreadDialogs));

type Question = ThreadDialogsProps["open"];

/** The menu of a thread's page. */
export function ThreadMenuButton({ thread }: { thread: ThreadView }) {
  const [asked, setAsked] = useState<Question | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <DropdownMenu trigger={<IconButton ref={button} icon={Ellipsis} label="More actions" />}>
        <ThreadMenuItems thread={thread} onAsk={setAsked} />
      </DropdownMenu>
      <Suspense>
        {asked && <ThreadDialogs thread={thread} open={asked} onClose={() => setAsked(null)} returnFocus={button} />}
      </Suspense>
    </>
  );
}

export type ThreadMenuAtProps = { thread: ThreadView; place: MenuPlace; onClose: () => void };

/** The context menu of a thread's row. */
export function ThreadMenuAt({ thread, place, onClose }: ThreadMenuAtProps) {
  const [asked, setAsked] = useState<Question | null>(null);
  const row = useRef(place.row);
  // The menu closes after the choice that opens a dialog, too.
  const chosen = useRef(false);

  function ask(what: Question) {
    chosen.current = true;
    setAsked(what);
  }

  if (asked) {
    return (
      <Suspense>
        <ThreadDialogs thread={thread} open={asked} onClose={onClose} returnFocus={row} />
      </Suspense>
    );
  }
  return (
    <MenuAt place={place} label={thread.title} onClose={() => chosen.current || onClose()}>
      <ThreadMenuItems thread={thread} onAsk={ask} />
    </MenuAt>
  );
}

type ThreadMenuItemsProps = { thread: ThreadView; onAsk: (what: Question) => void };

/** What can be done with a thread as a whole, in any menu. */
function ThreadMenuItems({ thread, onAsk }: ThreadMenuItemsProps) {
  const canArchive = canOn(thread, "thread.archive");
  const canDelete = canOn(thread, "thread.delete");
  const restore = useRestore();
  const { pins, ready, setPinned } = useSidebarView();
  const pinned = pins.includes(thread.id);
  const busy = isBusy(thread);

  return (
    <>
      <MenuItem icon={Link2} onSelect={() => copy(threadLink(thread), "The link was copied")}>
        Copy link
      </MenuItem>
      <MenuItem icon={Copy} onSelect={() => copy(thread.branch, "The branch's name was copied")}>
        Copy branch name
      </MenuItem>
      {ready && thread.status !== "archived" && (
        <MenuItem icon={pinned ? PinOff : Pin} onSelect={() => setPinned(thread.id, !pinned)}>
          {pinned ? "Unpin" : "Pin to the top"}
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem icon={Users} onSelect={() => onAsk("share")}>
        Share…
      </MenuItem>
      {canOn(thread, "thread.share") && (
        <MenuItem icon={UserRoundCheck} onSelect={() => onAsk("handOver")}>
          Hand over…
        </MenuItem>
      )}
      {(canArchive || canDelete) && <MenuSeparator />}
      {canArchive &&
        (thread.status === "archived" ? (
          <MenuItem icon={ArchiveRestore} onSelect={() => restore.mutate({ threadId: thread.id })}>
            Restore
          </MenuItem>
        ) : (
          <MenuItem icon={Archive} disabled={busy} onSelect={() => onAsk("archive")}>
            Archive…
          </MenuItem>
        ))}
      {canDelete && (
        <MenuItem icon={Trash2} danger disabled={busy} onSelect={() => onAsk("delete")}>
          Delete…
        </MenuItem>
      )}
      {busy && (canArchive || canDelete) && <MenuLabel>Stop the turn first to archive or delete.</MenuLabel>}
    </>
  );
}

async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    void notify(said);
  } catch {
    void notify("It could not be copied", { description: text });
  }
}
