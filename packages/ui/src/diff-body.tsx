"use client";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { DiffHunks } from "./diff-hunks.tsx";
import { plural } from "./format.ts";
import { parsePatch } from "./parse-patch.ts";
import type { FileDiff } from "./types.ts";
import { useNearViewport } from "./use-near-viewport.ts";

/** Patches with more lines than this open only on request. */
const LARGE = 800;

/** The hunks of a file without its header, for places that name the file themselves. */
export function DiffBody({ file }: { file: FileDiff }) {
  const box = useRef<HTMLDivElement>(null);
  const near = useNearViewport(box);
  const [wanted, setWanted] = useState(false);
  const rows = file.additions + file.deletions;
  const hunks = useMemo(() => (near ? parsePatch(file.patch) : []), [near, file.patch]);

  if (file.binary) return <Note>Binary file: no text to show</Note>;
  if (!file.patch.includes("@@")) {
    return (
      <Note>
        {file.status === "renamed" ? "Renamed without changes" : "No lines changed: an empty file or a new mode"}
      </Note>
    );
  }
  if (rows > LARGE && !wanted) {
    return (
      <Note>
        <span>{plural(rows, "changed line")}: folded so that the page stays quick</span>
        <Button size="sm" onClick={() => setWanted(true)}>
          Show the diff
        </Button>
      </Note>
    );
  }
  return (
    <div ref={box} style={near ? undefined : { height: Math.min(rows + 6, 400) * 20 }}>
      {near && <DiffHunks hunks={hunks} path={file.path} />}
      {near && file.truncated && <Note>Cut here: the change is too large to show. The branch has it whole.</Note>}
    </div>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 px-3 py-3 text-muted text-sm">{children}</div>
  );
}
