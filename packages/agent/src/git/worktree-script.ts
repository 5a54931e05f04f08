import { inside } from "../sandbox/types.ts";
import { snapshotDir } from "./inside.ts";

/** Exit codes of {@link worktreeScript}. */
export const worktreeExit = { done: 0, empty: 89, needsRepair: 90, failed: 91 } as const;

const agentConfig = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = true
[gc]
	auto = 0
[maintenance]
	auto = false
[commit]
	gpgsign = false
[user]
	name = Heddle agent
	email = agent@heddle.invalid
[remote "origin"]
	url = /heddle/upstream
	fetch = +refs/heads/*:refs/remotes/origin/*
`;

/**
 * Looks after the agent's own repository, `.git` in the worktree; never touches the files beside it.
 *
 * Arguments: `check` or `repair`, branch, commit, default branch of the source. stdin: a line with two sizes, so many
 * bytes of the upstream refs (`<commit> <ref>` lines in the order of names), so many bytes of git's `shallow` file, then
 * a pack of the thread's commits (with `repair`).
 *
 * `check` only brings refs/remotes/origin up to date, and reports a worktree without anything in it (89) or a repository
 * that is damaged or lacks the commit (90). `repair` puts HEAD, branch and index at the commit, in the repository that
 * is there or, if it does not work, in a new one.
 */
export const worktreeScript = String.raw`set -u
mode=$1 branch=$2 commit=$3 default_branch=$4
cd ${inside.worktree} || exit 91
work=$HOME/.heddle
snapshots=${snapshotDir}
[ -d "$work" ] && [ ! -L "$work" ] || rm -rf "$work"
mkdir -p "$work" && chmod u+rwx "$work" && IFS=' ' read -r refs_size shallow_size || exit 91
head -c "$refs_size" >"$work/refs.wanted" && head -c "$shallow_size" >"$work/shallow" && cat >"$work/pack" || exit 91

whole() {
  [ -d .git ] && [ ! -L .git ] && [ -f .git/index ] && [ "$(cat .git/objects/info/alternates 2>/dev/null)" = ${inside.upstreamObjects} ] &&
    git cat-file -e "$commit^{tree}" 2>/dev/null || return 1
  git diff-index --cached --quiet HEAD -- 2>/dev/null
  [ $? -le 1 ]
}
remove_locks() {
  rm -f .git/*.lock .git/objects/info/*.lock
  find .git/refs -name '*.lock' -delete 2>/dev/null
}
make_anew() {
  chmod -R u+rwX .git 2>/dev/null
  rm -rf .git && mkdir -p .git/objects/info .git/objects/pack .git/refs/heads .git/refs/remotes/origin .git/info || return 1
  printf 'ref: refs/heads/%s\n' "$branch" >.git/HEAD
  printf '%s' "$agent_config" >.git/config
  printf '%s\n' ${inside.upstreamObjects} >.git/objects/info/alternates
  { echo '# pack-refs with: sorted '; cat "$work/refs.wanted"; } >.git/packed-refs
  if [ -s "$work/shallow" ]; then cp "$work/shallow" .git/shallow; fi
  git symbolic-ref refs/remotes/origin/HEAD "refs/remotes/origin/$default_branch"
}
adopt() {
  [ -d .git ] && [ ! -L .git ] && git rev-parse --git-dir >/dev/null || return 1
  printf '%s\n' ${inside.upstreamObjects} >.git/objects/info/alternates && remove_locks
  git index-pack --stdin <"$work/pack" >/dev/null || return 1
  git symbolic-ref HEAD "refs/heads/$branch" && git update-ref "refs/heads/$branch" "$commit" || return 1
  rm -f .git/index
  # Carries the file times over, so that "git status" need not read every file again.
  [ ! -f "$snapshots/index" ] || cp -p "$snapshots/index" .git/index
  git read-tree --reset "$commit" || { rm -f .git/index && git read-tree --reset "$commit"; } || return 1
  rm -rf .git/MERGE_HEAD .git/MERGE_MSG .git/MERGE_MODE .git/MERGE_RR .git/SQUASH_MSG .git/CHERRY_PICK_HEAD \
    .git/REVERT_HEAD .git/AUTO_MERGE .git/rebase-merge .git/rebase-apply .git/sequencer
  git log -1 --format= >/dev/null && whole
}
sync_refs() {
  git for-each-ref --format='%(if)%(symref)%(then)%(else)%(objectname) %(refname)%(end)' refs/remotes/origin |
    grep . >"$work/refs.here"
  cmp -s "$work/refs.here" "$work/refs.wanted" && return 0
  sort "$work/refs.here" >"$work/refs.a" && sort "$work/refs.wanted" >"$work/refs.b" || return 1
  comm -23 "$work/refs.a" "$work/refs.b" | sed 's/^[0-9a-f]* /delete /' | git update-ref --no-deref --stdin &&
    comm -13 "$work/refs.a" "$work/refs.b" | sed 's/^\([0-9a-f]*\) \(.*\)/update \2 \1/' | git update-ref --no-deref --stdin
}

export GIT_DIR=${inside.worktree}/.git GIT_WORK_TREE=${inside.worktree}
if [ "$mode" = check ]; then
  [ -n "$(ls -A | head -n 1)" ] || exit 89
  [ ! -d .git ] || remove_locks
  whole || exit 90
else
  adopt || { make_anew && adopt; } || exit 91
fi
sync_refs || { [ "$mode" = check ] && exit 90; make_anew && adopt; } || exit 91
rm -f "$work/pack"
`;

/** What {@link worktreeScript} reads from its environment. */
export const worktreeEnvironment = { agent_config: agentConfig };
