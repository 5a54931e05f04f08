import { hashKey, MutationCache, QueryCache, QueryClient, type QueryKey } from "@tanstack/react-query";
import { failureOf } from "./failure.ts";

/** Lists are pushed to be fresh by the event stream; a return to the tab checks them again after this long. */
const staleMs = 30_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError(error, { queryKey }) {
        leaveWhenSignedOut(error);
        leaveWhenGone(error, queryKey);
      },
    }),
    mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: staleMs,
        retry: (count, error) => count < 2 && failureOf(error).retryable,
        retryDelay: (count) => 500 * 2 ** count,
        // A server on the same machine is reachable without a network.
        networkMode: "always",
        refetchOnReconnect: true,
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** The session has ended elsewhere: sign in again, then come back here. */
export function leaveWhenSignedOut(error: unknown): void {
  if (failureOf(error).code === "UNAUTHENTICATED") goToSignIn();
}

/** The workspace was deleted, or one is no member any more: the server knows where else to go. */
function leaveWhenGone(error: unknown, queryKey: QueryKey): void {
  if (hashKey(queryKey.slice(0, 1)) !== hashKey([["workspaces", "current"]])) return;
  if (failureOf(error).code === "NOT_FOUND") location.assign("/");
}

export function goToSignIn(): void {
  location.assign(`/sign-in?from=${encodeURIComponent(location.pathname + location.search)}`);
}
