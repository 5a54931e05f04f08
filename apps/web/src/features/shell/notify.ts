/** Says something for a few seconds in the corner of the page. The library comes with the first message. */
export async function notify(title: string, description?: string): Promise<void> {
  const { toast } = await import("sonner");
  toast(title, { description });
}
