"use client";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { SettingsSection } from "../settings/section.tsx";
import { FailureState } from "../shell/failure-state.tsx";
import { useTRPC } from "../shell/trpc.ts";
import { Identities } from "./identities.tsx";
import { NameForm } from "./name-form.tsx";
import { PasswordForm } from "./password-form.tsx";
import { SessionTable } from "./session-table.tsx";

/** One's name, password, and the browsers one is signed in with. */
export function AccountSection() {
  const { data: account, error, isError, refetch } = useQuery(useTRPC().account.get.queryOptions());
  return (
    <SettingsSection title="Profile and sessions" description="How others see you, and how you get in.">
      {isError ? (
        <FailureState title="Your account could not be loaded" error={error} onRetry={refetch} />
      ) : !account ? (
        <SkeletonRows rows={6} label="Loading your account" />
      ) : (
        <div className="flex flex-col gap-8">
          <NameForm account={account} />
          {account.hasPassword && <PasswordForm email={account.email} />}
          <Identities account={account} />
          <SessionTable />
        </div>
      )}
    </SettingsSection>
  );
}
