import { Button } from "./button.tsx";
import { formatBytes } from "./format.ts";
import { Progress } from "./progress.tsx";

export type FetchProgressProps = {
  /** Null before the server has answered. */
  progress: {
    phase: "preparing" | "receiving" | "resolving";
    objects: number;
    totalObjects: number;
    bytes: number;
  } | null;
  /** Absent for who may not, and where there is nothing to give up. */
  onCancel?: () => void;
  cancelling?: boolean;
};

const phases = {
  preparing: "The server prepares its objects",
  receiving: "Receiving objects",
  resolving: "Putting the objects together",
};

/** How far a repository has been read. */
export function FetchProgress({ progress, onCancel, cancelling }: FetchProgressProps) {
  const label = progress ? phases[progress.phase] : "Reading the repository";
  const value = progress && progress.totalObjects > 0 ? progress.objects / progress.totalObjects : undefined;
  return (
    <div className="flex items-end gap-3">
      <div className="min-w-0 flex-1">
        <p className="mb-2 flex flex-wrap justify-between gap-x-3 text-muted text-sm">
          <span>{label}</span>
          {progress && (
            <span className="tabular-nums">
              {progress.objects.toLocaleString("en")} of {progress.totalObjects.toLocaleString("en")}
              {progress.bytes > 0 && `, ${formatBytes(progress.bytes)}`}
            </span>
          )}
        </p>
        <Progress label={label} value={value} />
      </div>
      {onCancel && (
        <Button size="sm" onClick={onCancel} pending={cancelling}>
          Cancel
        </Button>
      )}
    </div>
  );
}
