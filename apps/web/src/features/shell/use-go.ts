import { useRouter } from "next/navigation";
import { leave } from "./leaving.ts";

/** Opens a page as a link would. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return (href) => leave(() => router.push(href));
}
