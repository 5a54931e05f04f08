import { errorTable, isErrorCode } from "@heddle/db/errors";
import { redirect } from "next/navigation";
import { safePath } from "../../features/session/safe-path.ts";
import { SignIn } from "../../features/session/sign-in.tsx";
import { oidcName } from "../../server/oidc.ts";
import { runtime } from "../../server/runtime.ts";
import { isSignedIn } from "../require-session.ts";

type Props = { searchParams: Promise<{ from?: string | string[]; error?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { from: origin, error } = await searchParams;
  const [from, code] = [[origin].flat()[0], [error].flat()[0]];
  if (await isSignedIn()) redirect(safePath(from));
  const refusal = isErrorCode(code) ? errorTable[code].message : null;
  return <SignIn from={from} elsewhere={oidcName(runtime().env)} refusal={refusal} />;
}
