"use client";
import { KeyRound } from "lucide-react";
import { Button } from "./button.tsx";
import { CodeLine } from "./code-line.tsx";

export type HostKeyPanelProps = {
  /** Of the server. */
  host: string;
  /** `SHA256:…` that it shows. */
  offered: string;
  /** … that was confirmed before, where there is one. */
  confirmed: string | null;
  /** Absent for who may not decide. */
  onConfirm?: () => void;
  pending?: boolean;
  error?: string | null;
};

/** Asks a person whether a server is the one that it should be, before anything is proved to it. */
export function HostKeyPanel({ host, offered, confirmed, onConfirm, pending, error }: HostKeyPanelProps) {
  const changed = confirmed !== null;
  return (
    <section
      aria-labelledby="host-key"
      className={`flex flex-col gap-2 rounded-lg border px-4 py-3 text-sm ${changed ? "border-danger" : "border-line"}`}
    >
      <h2 id="host-key" className="flex items-center gap-2 font-medium">
        <KeyRound className={`size-4 ${changed ? "text-danger" : "text-accent-text"}`} aria-hidden />
        {changed ? `${host} shows another key than before` : `Is this ${host}?`}
      </h2>
      <p className="text-muted">
        {changed
          ? "Its key may have been replaced, or somebody is in between. Ask whoever runs the server before you trust the new one. Nothing is fetched until then; threads go on."
          : "Compare the fingerprint with what whoever runs the server publishes. Nothing is sent to it until you have."}
      </p>
      <CodeLine text={offered} label="Copy the fingerprint" whole />
      {changed && (
        <p className="text-muted text-xs">
          Before: <code className="font-mono [overflow-wrap:anywhere]">{confirmed}</code>
        </p>
      )}
      {error && (
        <p role="alert" className="text-danger text-xs">
          {error}
        </p>
      )}
      {onConfirm ? (
        <Button
          variant={changed ? "danger" : "primary"}
          size="sm"
          className="w-fit"
          onClick={onConfirm}
          pending={pending}
        >
          {changed ? "Trust the new key" : "It is the right key"}
        </Button>
      ) : (
        <p className="text-subtle text-xs">An owner, an admin or a maintainer of the project decides.</p>
      )}
    </section>
  );
}
