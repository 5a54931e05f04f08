"use client";
import { defaultEmailKinds, type NotificationSettings } from "@heddle/db/notifications.schema";
import { Banner } from "@heddle/ui/banner";
import { Button } from "@heddle/ui/button";
import { NotificationFields, type NotificationFieldsProps } from "@heddle/ui/notification-fields";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { SettingsSection } from "../settings/section.tsx";
import { failureOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { notify } from "../shell/notify.ts";
import { useTRPC } from "../shell/trpc.ts";

const kinds: NotificationFieldsProps["kinds"] = [
  { kind: "turnFailed", label: "A turn fails", hint: "That you sent, or in a thread that you started." },
  { kind: "turnFinished", label: "The agent has answered", hint: "And you have not looked within half a minute." },
  { kind: "setupAsked", label: "A setup script waits for agreement", hint: "Of your threads, or where you can agree." },
  { kind: "setupFailed", label: "A setup script fails", hint: "In your threads." },
  { kind: "mention", label: "Somebody mentions you", hint: "In a thread that you may see." },
  { kind: "handOver", label: "A thread is handed over", hint: "To you, or by somebody else when it was yours." },
  { kind: "hostTrouble", label: "A host does not answer", hint: "Told to owners and admins." },
];

/** What the member is told of by e-mail, and when not. */
export function NotificationsSection() {
  const trpc = useTRPC();
  const { data, error, isError, refetch } = useQuery(trpc.notifications.get.queryOptions());
  return (
    <SettingsSection
      title="Notifications"
      description="Everything that needs you is in your inbox. What else you get of it, in this workspace."
    >
      {isError ? (
        <FailureState title="The settings could not be loaded" error={error} onRetry={refetch} />
      ) : !data ? (
        <SkeletonRows rows={8} label="Loading the settings" />
      ) : (
        <>
          {!data.sendsEmail && (
            <Banner tone="warn">
              This server sends no e-mails: whoever runs it has set no mail server. Your choices are kept until then.
            </Banner>
          )}
          <NotificationsForm settings={data.settings ?? untouched()} />
        </>
      )}
    </SettingsSection>
  );
}

function NotificationsForm({ settings }: { settings: NotificationSettings }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [value, setValue] = useState(settings);
  const save = useMutation(
    trpc.notifications.set.mutationOptions({
      onSuccess() {
        void queryClient.invalidateQueries({ queryKey: trpc.notifications.pathKey() });
        void notify("Notifications saved");
      },
    }),
  );

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!save.isPending) save.mutate(value);
  }

  return (
    <form onSubmit={submit} aria-label="Notifications" className="flex max-w-2xl flex-col gap-4">
      <NotificationFields
        value={value}
        onChange={(next) => setValue(next)}
        kinds={kinds}
        timeZones={Intl.supportedValuesOf("timeZone")}
      />
      {save.error && <Banner tone="danger">{failureOf(save.error).message}</Banner>}
      <Button type="submit" pending={save.isPending} className="self-start">
        Save notifications
      </Button>
    </form>
  );
}

function untouched(): NotificationSettings {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return { emailKinds: [...defaultEmailKinds], quietHours: null, timeZone };
}
