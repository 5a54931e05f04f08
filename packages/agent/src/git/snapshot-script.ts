import { inside } from "../sandbox/types.ts";

/** Exit codes of the scripts below. */
export const snapshotExit = { done: 0, needsSeed: 90, failed: 91, fileTooLarge: 92 } as const;

/**
 * Makes the snapshot repository anew from a tree whose objects come as a pack on stdin, as far as upstream lacks them.
 * Arguments: tree; then `index`, or `restore` to make the worktree equal to it, whatever was there, and the empty
 * directories to make, percent-encoded.
 */
export const seedScript = String.raw`set -u
home=$(dirname "$GIT_DIR")
[ -d "$home" ] && [ ! -L "$home" ] || rm -rf "$home"
chmod -R u+rwX "$home" 2>/dev/null
rm -rf "$GIT_DIR" && mkdir -p "$GIT_DIR/objects/info" "$GIT_DIR/objects/pack" "$GIT_DIR/refs" || exit 91
printf 'ref: refs/heads/none\n' >"$GIT_DIR/HEAD"
printf '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n' >"$GIT_DIR/config"
printf '%s\n' ${inside.upstreamObjects} >"$GIT_DIR/objects/info/alternates"
cd ${inside.worktree} || exit 91
git index-pack --stdin >/dev/null || exit 91
if [ "$2" = restore ]; then
  chmod -R u+rwX . && find . -mindepth 1 -delete || exit 91
  git -c checkout.workers=4 read-tree --reset -u "$1" || exit 91
  shift 2
  for name; do
    printf -v name '%b' "$(printf '%s' "$name" | sed 's/%/\\x/g')"
    mkdir -p "./$name" || exit 91
  done
else
  git read-tree "$1" || exit 91
fi
`;

/**
 * Writes the worktree's tree and prints `<tree> <size>\n`, then so many bytes of paths of empty directories, each begun by
 * `./` and ended by NUL, then, if the tree is not the one in the first argument, a pack of what neither that tree nor upstream has.
 *
 * A new or changed file larger than `$max_bytes` ends it with 92 before git reads it; stderr is the file's name.
 *
 * Git would take a repository inside the worktree for a submodule; its files are listed one by one instead, and once
 * some are in the index git treats it like any directory. Submodules of the project are in the index from the start.
 */
export const snapshotScript = String.raw`set -u
have=$1
cd ${inside.worktree} || exit 91
[ -f "$GIT_DIR/index" ] || exit 90
rm -f "$GIT_DIR"/index.lock "$GIT_DIR"/list.*
changed=$GIT_DIR/list.changed others=$GIT_DIR/list.others nested=$GIT_DIR/list.nested
add=$GIT_DIR/list.add remove=$GIT_DIR/list.remove empty=$GIT_DIR/list.empty count=0
: >"$empty" && exec 3>"$add" 4>"$remove" || exit 91

take() {
  if [ -L "$1" ] || { [ -f "$1" ] && [ -r "$1" ]; }; then printf '%s\0' "$1" >&3; fi
}
take_nested() {
  local top=$1 list=$nested.$((count += 1)) path
  (cd "./$top" && GIT_WORK_TREE=. GIT_INDEX_FILE="$GIT_DIR/none" git ls-files -z -o --exclude-standard) >"$list" || return 0
  while IFS= read -r -d '' path; do
    case $path in */) take_nested "$top$path" ;; *) take "$top$path" ;; esac
  done <"$list"
}

git diff-files -z --name-status --no-renames --ignore-submodules=dirty >"$changed" || exit 90
git ls-files -z -o --exclude-standard >"$others" || exit 90
while IFS= read -r -d '' status && IFS= read -r -d '' path; do
  if [ "$status" = D ]; then printf '%s\0' "$path" >&4
  elif [ "$status" = M ] && [ -d "$path" ]; then printf '%s\0' "$path" >&3
  elif [ -L "$path" ] || [ -f "$path" ]; then take "$path"
  else printf '%s\0' "$path" >&4
  fi
done <"$changed"
while IFS= read -r -d '' path; do
  case $path in */) take_nested "$path" ;; *) take "$path" ;; esac
done <"$others"
exec 3>&- 4>&-
if [ -s "$remove" ]; then git update-index -z --force-remove --stdin <"$remove" || exit 91; fi
perl -0 -ne 'chomp; if (!-l && -s > $ENV{max_bytes}) { print STDERR; exit 1 }' <"$add" || exit 92
if [ -s "$add" ]; then git update-index -z --add --remove --replace --stdin <"$add" || exit 91; fi
tree=$(git write-tree) || exit 90

if [ "$tree" = "$have" ]; then printf '%s 0\n' "$tree"; exit 0; fi
git ls-files -z -o --directory --exclude-standard >"$others"
set --
while IFS= read -r -d '' path; do
  case $path in */) [ $# -ge 1000 ] || set -- "$@" "./$path" ;; esac
done <"$others"
if [ $# -gt 0 ]; then
  find "$@" -name .git -prune -o -type d -empty -print0 2>/dev/null | head -z -n 1000 |
    git check-ignore -z --stdin --verbose --non-matching |
    while IFS= read -r -d '' source && IFS= read -r -d '' _ && IFS= read -r -d '' _ && IFS= read -r -d '' path; do
      [ -n "$source" ] || printf '%s\0' "$path"
    done >"$empty"
fi
printf '%s %s\n' "$tree" "$(wc -c <"$empty")"
cat "$empty"
printf '%s\n^%s\n' "$tree" "$have" | git pack-objects --revs --stdout --local -q || exit 90
`;
