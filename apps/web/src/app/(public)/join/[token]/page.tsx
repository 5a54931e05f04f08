import { Join } from "../../../../features/invitations/join.tsx";
import { oidcName } from "../../../../server/oidc.ts";
import { runtime } from "../../../../server/runtime.ts";
import { isSignedIn } from "../../../require-session.ts";

type Props = { params: Promise<{ token: string }> };

export default async function JoinPage({ params }: Props) {
  const elsewhere = oidcName(runtime().env);
  return <Join token={(await params).token} signedIn={await isSignedIn()} elsewhere={elsewhere} />;
}
