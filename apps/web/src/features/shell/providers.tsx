"use client";
import { lazyPart } from "@heddle/ui/lazy-part";
import { LinkProvider } from "@heddle/ui/link";
import { TooltipProvider } from "@heddle/ui/tooltip";
import { QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { type ReactNode, Suspense, useState } from "react";
import superjson from "superjson";
import type { AppRouter } from "../../server/root.ts";
import { LiveProvider } from "../live/live-provider.tsx";
import { AppLink } from "./app-link.tsx";
import { createQueryClient } from "./query-client.ts";
import type { Theme } from "./theme.ts";
import { ThemeProvider } from "./theme-provider.tsx";
import { TRPCProvider } from "./trpc.ts";

const Toaster = lazyPart(() => import("@heddle/ui/toaster").then((module) => module.Toaster));

type ProvidersProps = { theme: Theme; children: ReactNode };

/**
 * Everything that lasts as long as the browser tab. The tab stays in one workspace, whichever others enter: all that it
 * asks for names it.
 */
export function Providers({ workspaceId, children, ...rest }: ProvidersProps & { workspaceId: string | undefined }) {
  return (
    <BaseProviders workspaceId={workspaceId} {...rest}>
      <LiveProvider workspaceId={workspaceId}>{children}</LiveProvider>
    </BaseProviders>
  );
}

/** … for who is not signed in, and so hears of no changes. */
export function PublicProviders(props: ProvidersProps) {
  return <BaseProviders workspaceId={undefined} {...props} />;
}

function BaseProviders({ theme, workspaceId, children }: ProvidersProps & { workspaceId: string | undefined }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(() => {
    const headers = workspaceId === undefined ? {} : { "x-heddle-workspace": workspaceId };
    return createTRPCClient<AppRouter>({
      links: [httpBatchLink({ url: "/api/trpc", transformer: superjson, headers })],
    });
  });
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        <ThemeProvider initial={theme}>
          <LinkProvider component={AppLink}>
            <TooltipProvider>
              {children}
              <Suspense>
                <Toaster />
              </Suspense>
            </TooltipProvider>
          </LinkProvider>
        </ThemeProvider>
      </TRPCProvider>
    </QueryClientProvider>
  );
}
