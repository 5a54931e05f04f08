import { Badge, type Tone } from "@heddle/ui/badge";
import { RelativeTime } from "@heddle/ui/relative-time";
import type { Outputs } from "../shell/trpc.ts";

type Provider = Outputs["status"]["read"]["providers"][number];

const states: Record<Provider["state"], { tone: Tone; label: string }> = {
  well: { tone: "success", label: "Answers" },
  failed: { tone: "danger", label: "Failed" },
  unasked: { tone: "neutral", label: "Not asked yet" },
};

const failures: Record<string, string> = {
  auth: "it refused the key",
  rate_limited: "it limits the rate of requests",
  server: "it reported a fault of its own",
  cut: "the connection was lost",
  timeout: "it did not answer in time",
};

/** The providers of models. None is asked for the sake of asking, so each line says from when it is. */
export function Providers({ providers }: { providers: Provider[] }) {
  if (providers.length === 0) return <p className="text-muted text-sm">No provider has a model yet.</p>;
  return (
    <ul aria-label="Providers" className="divide-y divide-line rounded-lg border border-line text-sm">
      {providers.map(({ name, state, at, failure }) => (
        <li key={name} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
          <span className="min-w-0 flex-1 truncate">{name}</span>
          {at && (
            <span className="text-muted text-xs">
              {failure && `${failures[failure] ?? failure}, `}
              <RelativeTime at={at} />
            </span>
          )}
          <Badge tone={states[state].tone}>{states[state].label}</Badge>
        </li>
      ))}
    </ul>
  );
}
