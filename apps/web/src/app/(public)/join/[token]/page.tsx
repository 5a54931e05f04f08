import { Join } from "../../../../features/invitations/join.tsx";
import { isSignedIn } from "../../../require-session.ts";

type Props = { params: Promise<{ token: string }> };

export default async function JoinPage({ params }: Props) {
  return <Join token={(await params).token} signedIn={await isSignedIn()} />;
}
