import { inside } from "../sandbox/types.ts";
import { packProgram } from "./archive-pack-program.ts";
import { unpackProgram } from "./archive-unpack-program.ts";

const start = `set -uo pipefail
[ -d "$HOME/.heddle" ] && [ ! -L "$HOME/.heddle" ] || { rm -rf "$HOME/.heddle" && mkdir -p "$HOME/.heddle"; } || exit 91
chmod u+rwx "$HOME/.heddle" || exit 91
[ -f "$HOME/.heddle/modes" ] && [ ! -L "$HOME/.heddle/modes" ] || rm -rf "$HOME/.heddle/modes"
`;

/** Writes the worktree to stdout, compressed: by zstd where the host has it, else by gzip. See {@link packProgram} for stdin and stderr. */
export const packScript = `${start}
if command -v zstd >/dev/null; then compress='zstd -q -c -1'; else compress='gzip -c -n -1'; fi
perl -e "$pack_program" | $compress
`;

/** Prints the SHA-256 of what {@link packScript} would compress. */
export const digestScript = `${start}
perl -e "$pack_program" | sha256sum | cut -c 1-64
`;

/** Removes everything in the worktree. */
export const emptyScript = `cd ${inside.worktree} && chmod -R u+rwX . && find . -mindepth 1 -delete || exit 91
`;

/** Makes the worktree equal to the archive on stdin, whatever was there. Argument: the program that decompresses it. */
export const unpackScript = `${start}
${emptyScript}
"$1" -q -d -c | perl -e "$unpack_program"
`;

/**
 * Prints what git ignores in the worktree and in repositories within it, as {@link packScript} takes it. Where a
 * repository is damaged nothing of it counts as ignored.
 */
export const ignoredScript = `set -u
cd ${inside.worktree} || exit 91
list() {
  local prefix=$1 path
  while IFS= read -r -d '' path; do printf '%s%s\\0' "$prefix" "$path"; done \
    < <(git --work-tree=. ls-files -z -o -i --exclude-standard --directory 2>/dev/null)
  while IFS= read -r -d '' path; do
    case $path in */) (cd "./$path" && [ -e .git ] && list "$prefix$path") ;; esac
  done < <(git --work-tree=. ls-files -z -o --exclude-standard 2>/dev/null)
}
[ ! -e .git ] || list ''
`;

/** What the scripts read from their environment. */
export const archiveEnvironment = { pack_program: packProgram, unpack_program: unpackProgram };
