"use client";
import { Badge } from "@heddle/ui/badge";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { IconButton } from "@heddle/ui/icon-button";
import { RelativeTime } from "@heddle/ui/relative-time";
import { SkeletonRows } from "@heddle/ui/skeleton";
import { Table, Td, Th } from "@heddle/ui/table";
import { TokenCreated } from "@heddle/ui/token-created";
import { useQuery } from "@tanstack/react-query";
import { KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { SettingsSection } from "../settings/section.tsx";
import { FailureState } from "../shell/failure-state.tsx";
import { type Outputs, useTRPC } from "../shell/trpc.ts";
import { useCan } from "../shell/use-workspace.ts";
import { NewToken } from "./new-token.tsx";
import { RevokeToken } from "./revoke-token.tsx";

type Token = Outputs["tokens"]["list"][number];

/** An owner sees every token of the workspace, others their own. */
export function TokensSection() {
  const trpc = useTRPC();
  const managesAll = useCan("token.manage");
  const all = useQuery(trpc.tokens.list.queryOptions(undefined, { enabled: managesAll }));
  const mine = useQuery(trpc.tokens.listMine.queryOptions(undefined, { enabled: !managesAll }));
  const tokens = managesAll ? all : mine;
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<{ name: string; token: string } | null>(null);
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden /> New token
    </Button>
  );
  return (
    <SettingsSection
      title="API tokens"
      description="For git, scripts and bots. A token acts as a person or as a bot, and never with more rights than its maker."
      actions={tokens.data && tokens.data.length > 0 && create}
    >
      {created && <TokenCreated {...created} onDismiss={() => setCreated(null)} />}
      {tokens.isError ? (
        <FailureState title="The tokens could not be loaded" error={tokens.error} onRetry={tokens.refetch} />
      ) : !tokens.data ? (
        <SkeletonRows rows={4} label="Loading tokens" />
      ) : tokens.data.length === 0 ? (
        <EmptyState icon={KeyRound} title="No tokens" action={create}>
          Make one to fetch branches with git or to use the API.
        </EmptyState>
      ) : (
        <TokenTable tokens={tokens.data} />
      )}
      <NewToken open={creating} onClose={() => setCreating(false)} onCreated={setCreated} />
    </SettingsSection>
  );
}

function TokenTable({ tokens }: { tokens: Token[] }) {
  const [leaving, setLeaving] = useState<Token | null>(null);
  return (
    <>
      <Table label="API tokens">
        <thead>
          <tr>
            <Th>Name</Th>
            <Th>Begins with</Th>
            <Th>Acts as</Th>
            <Th>Made</Th>
            <Th>Last used</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <Td className="max-w-64 truncate font-medium" title={token.name}>
                {token.name}
              </Td>
              <Td className="font-mono text-muted text-xs">{token.prefix}…</Td>
              <Td className="whitespace-nowrap">
                {token.personal ? "Its maker" : "A bot"} <Badge>{token.role}</Badge>
              </Td>
              <Td className="whitespace-nowrap text-muted">
                <RelativeTime at={token.createdAt} />
              </Td>
              <Td className="whitespace-nowrap text-muted">
                {token.lastUsedAt ? <RelativeTime at={token.lastUsedAt} /> : "Never"}
              </Td>
              <Td className="w-10 px-1.5">
                <IconButton icon={Trash2} label={`Revoke ${token.name}`} onClick={() => setLeaving(token)} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      <RevokeToken token={leaving} onClose={() => setLeaving(null)} />
    </>
  );
}
