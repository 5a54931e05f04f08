"use client";
import { AlertDialog } from "@heddle/ui/alert-dialog";
import { Badge } from "@heddle/ui/badge";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { IconButton } from "@heddle/ui/icon-button";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Table, Td, Th } from "@heddle/ui/table";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Boxes, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { SettingsSection } from "../settings/section.tsx";
import { messageOf } from "../shell/failure.ts";
import { FailureState } from "../shell/failure-state.tsx";
import { notify } from "../shell/notify.ts";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";
import { AddProvider } from "./add-provider.tsx";

type Provider = Outputs["providers"]["list"][number];

export function ProvidersSection() {
  const providers = useQuery(useTRPC().providers.list.queryOptions());
  const canManage = useCan("provider.manage");
  const [adding, setAdding] = useState(false);
  const add = canManage && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> Add provider
    </Button>
  );
  return (
    <SettingsSection
      title="Model providers"
      description="Who answers when a thread asks a model. Keys are stored encrypted and never shown again."
      actions={providers.data && providers.data.length > 0 && add}
    >
      {providers.isError ? (
        <FailureState title="The providers could not be loaded" error={providers.error} onRetry={providers.refetch} />
      ) : !providers.data ? (
        <SkeletonRows rows={4} label="Loading providers" />
      ) : providers.data.length === 0 ? (
        <EmptyState icon={Boxes} title="No providers" action={add}>
          Threads need a model. Add an address that speaks OpenAI's Chat Completions.
        </EmptyState>
      ) : (
        <ProviderTable providers={providers.data} canManage={canManage} />
      )}
      <AddProvider open={adding} onClose={() => setAdding(false)} />
    </SettingsSection>
  );
}

function ProviderTable({ providers, canManage }: { providers: Provider[]; canManage: boolean }) {
  const [leaving, setLeaving] = useState<Provider | null>(null);
  return (
    <>
      <Table label="Model providers">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Address</Th>
            <Th>Key</Th>
            <Th>Models</Th>
            {canManage && (
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            )}
          </tr>
        </thead>
        <tbody>
          {providers.map((provider) => (
            <tr key={provider.id}>
              <Td className="whitespace-nowrap font-medium">
                {provider.name} {provider.isDemo && <Badge tone="accent">Scripted demo</Badge>}
              </Td>
              <Td className="max-w-60 truncate font-mono text-muted text-xs" title={provider.baseUrl ?? undefined}>
                {provider.baseUrl ?? "The provider's own"}
              </Td>
              <Td className="whitespace-nowrap font-mono text-muted text-xs">
                {provider.apiKeyHint ? `…${provider.apiKeyHint}` : "None"}
              </Td>
              <Td className="max-w-72 truncate text-muted" title={provider.models.map(({ id }) => id).join(", ")}>
                {provider.models.map(({ id }) => id).join(", ")}
              </Td>
              {canManage && (
                <Td className="w-10 px-1.5">
                  <IconButton icon={Trash2} label={`Remove ${provider.name}`} onClick={() => setLeaving(provider)} />
                </Td>
              )}
            </tr>
          ))}
        </tbody>
      </Table>
      <RemoveProvider provider={leaving} onClose={() => setLeaving(null)} />
    </>
  );
}

function RemoveProvider({ provider, onClose }: { provider: Provider | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.providers.delete.mutationOptions({
      onSuccess() {
        void queryClient.invalidateQueries({ queryKey: trpc.providers.pathKey() });
        void notify(`${provider?.name} was removed`);
        onClose();
      },
    }),
  );
  return (
    <AlertDialog
      open={provider !== null}
      onOpenChange={() => {
        remove.reset();
        onClose();
      }}
      title={`Remove ${provider?.name ?? "the provider"}?`}
      description="Its key is deleted. Threads that use its models fail at their next turn until another model is chosen."
      confirmLabel="Remove provider"
      onConfirm={() => provider && remove.mutate({ providerId: provider.id })}
      pending={remove.isPending}
      error={messageOf(remove.error)}
    />
  );
}
