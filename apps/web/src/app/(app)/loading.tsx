import { SkeletonRows } from "@heddle/ui/skeleton";

export default function Loading() {
  return <SkeletonRows rows={10} className="mx-auto w-full max-w-[47.5rem] p-6 pt-16" />;
}
