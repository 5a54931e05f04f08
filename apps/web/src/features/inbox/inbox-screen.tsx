"use client";
import { type InboxListView, inboxViews } from "@heddle/db/inbox.schema";
import { EmptyState } from "@heddle/ui/empty-state";
import { IconButton } from "@heddle/ui/icon-button";
import { Link } from "@heddle/ui/link";
import { Segmented } from "@heddle/ui/segmented";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useShortcuts } from "@heddle/ui/use-shortcuts";
import { Bell, Inbox } from "lucide-react";
import { FailureState } from "../shell/failure-state.tsx";
import { Screen } from "../shell/screen.tsx";
import { useAddress } from "../shell/use-address.ts";
import { useGo } from "../shell/use-go.ts";
import { InboxList } from "./inbox-list.tsx";
import { useInbox } from "./use-inbox.ts";
import { useInboxActions } from "./use-inbox-actions.ts";

const labels: Record<InboxListView, string> = { open: "Open", snoozed: "Snoozed", done: "Done" };

/** What needs the reader, in all threads. */
export function InboxScreen() {
  const go = useGo();
  const [asked, setView] = useAddress("view");
  const view = inboxViews.find((one) => one === asked) ?? "open";
  const { data, error, isError, isRefetching, refetch } = useInbox(view);
  const actions = useInboxActions();
  // Also once the list is empty.
  useShortcuts({ z: actions.undo });
  return (
    <Screen
      title="Inbox"
      actions={
        <>
          <Segmented
            label="Which items"
            value={view}
            onValueChange={(next) => setView(next === "open" ? null : next)}
            options={inboxViews.map((value) => ({ value, label: labels[value] }))}
          />
          <IconButton icon={Bell} label="Notifications" onClick={() => go("/settings/notifications")} />
        </>
      }
    >
      {data && data.items.length > 0 ? (
        <InboxList key={view} view={view} items={data.items} actions={actions} />
      ) : data ? (
        <Empty view={view} />
      ) : isError ? (
        <FailureState title="The inbox could not be loaded" error={error} onRetry={refetch} retrying={isRefetching} />
      ) : (
        <SkeletonRows rows={8} label="Loading the inbox" className="gap-6 p-4" />
      )}
    </Screen>
  );
}

function Empty({ view }: { view: InboxListView }) {
  if (view === "snoozed") return <EmptyState icon={Inbox} title="Nothing is snoozed" />;
  if (view === "done") return <EmptyState icon={Inbox} title="Nothing is done yet" />;
  return (
    <EmptyState icon={Inbox} title="Nothing waits for you">
      Answers that you have not seen, failures, questions, mentions and threads that are handed to you come here. What
      is sent to you by e-mail is under{" "}
      <Link href="/settings/notifications" className="text-accent-text underline underline-offset-3">
        Notifications
      </Link>
      .
    </EmptyState>
  );
}
