import { redirect } from "next/navigation";
import { safePath } from "../../features/session/safe-path.ts";
import { SignIn } from "../../features/session/sign-in.tsx";
import { isSignedIn } from "../require-session.ts";

type Props = { searchParams: Promise<{ from?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const from = [(await searchParams).from].flat()[0];
  if (await isSignedIn()) redirect(safePath(from));
  return <SignIn from={from} />;
}
