import { ResetPassword } from "../../../../features/account/reset-password.tsx";

type Props = { params: Promise<{ token: string }> };

export default async function ResetPage({ params }: Props) {
  return <ResetPassword token={(await params).token} />;
}
