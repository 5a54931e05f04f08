"use client";
import { Button } from "@heddle/ui/button";
import { EmptyState } from "@heddle/ui/empty-state";
import { DoorClosed } from "lucide-react";
import { leave } from "./leave.ts";
import { PublicPage } from "./public-page.tsx";

/** For who is signed in and a member of nothing: has left, or was removed. */
export function NoWorkspace() {
  const out = <Button onClick={() => leave("/sign-in")}>Sign out</Button>;
  return (
    <PublicPage title="No workspace">
      <EmptyState as="h1" icon={DoorClosed} title="You belong to no workspace" action={out} className="p-2">
        Your account is there, and an invitation lets it in: ask an admin for one, and open its link in this browser.
      </EmptyState>
    </PublicPage>
  );
}
