"use client";
import { KeyRound } from "lucide-react";
import { Button } from "./button.tsx";
import { CodeLine } from "./code-line.tsx";

export type TokenCreatedProps = { name: string; token: string; onDismiss: () => void };

/** A new API token, on the only occasion it can be read. */
export function TokenCreated({ name, token, onDismiss }: TokenCreatedProps) {
  return (
    <section role="status" className="flex flex-col gap-2 rounded-lg border border-line-strong bg-raised p-4">
      <h2 className="flex items-center gap-2 font-medium text-sm">
        <KeyRound className="size-4 text-accent-text" aria-hidden /> Token “{name}” was made
      </h2>
      <p className="text-muted text-sm">Copy it now. Heddle keeps only its hash and cannot show it again.</p>
      <CodeLine text={token} label="Copy token" />
      <Button size="sm" onClick={onDismiss} className="self-start">
        I have stored it
      </Button>
    </section>
  );
}
