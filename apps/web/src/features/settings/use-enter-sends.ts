import { useStored } from "@heddle/ui/use-stored";

/** Whether Enter alone sends a prompt; kept in this browser. */
export function useEnterSends(): [boolean, (on: boolean) => void] {
  return useStored("heddle-enter-sends", false);
}
