import { cleanText } from "../clean-text.ts";
import { type Included, includeFile, type LeftFile } from "./included-files.ts";

const mostNames = 5;

const reasons: Record<LeftFile["why"], string> = {
  link: "symbolic links are not followed",
  special: "not a regular file",
  unreadable: "not readable for the owner of the folder",
  large: "100 MB and 10,000 files are copied at most",
  tracked: "not ignored on this thread's branch",
};

/** What was copied and what was not, in words for people; null when there is nothing to tell. */
export function includedNotice(included: Included): string | null {
  if (included.from === "nowhere") {
    const problem = included.why === "gone" ? "is not on this host" : "has no files checked out";
    return `The project's folder ${problem}, so the files of ${includeFile} were not copied.`;
  }
  const { copied, left } = included;
  const sentences: string[] = [];
  if (copied.length > 0) {
    const count = copied.length === 1 ? "a file" : `${copied.length} files`;
    sentences.push(`Copied ${count} that git ignores from the project's folder: ${names(copied)}.`);
  }
  for (const why of Object.keys(reasons) as LeftFile["why"][]) {
    const paths = left.filter((file) => file.why === why).map(({ path }) => path);
    if (paths.length > 0) sentences.push(`Left out: ${names(paths)} (${reasons[why]}).`);
  }
  return sentences.length === 0 ? null : sentences.join(" ");
}

function names(paths: readonly string[]): string {
  const shown = paths.slice(0, mostNames).map((path) => cleanText(Buffer.from(path, "latin1").toString("utf8")));
  const more = paths.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
