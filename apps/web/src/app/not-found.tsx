import { cookies } from "next/headers";
import Link from "next/link";

/** Reading a cookie keeps the page out of the build's static files, whose scripts have no nonce. */
export default async function NotFound() {
  await cookies();
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-2 bg-canvas p-8 text-center">
      <title>Not found · Heddle</title>
      <h1 className="font-semibold text-lg">Not found</h1>
      <p className="text-muted">It does not exist, or you may not see it.</p>
      <Link href="/" className="mt-2 font-medium text-accent-text hover:underline">
        Go to the start page
      </Link>
    </main>
  );
}
