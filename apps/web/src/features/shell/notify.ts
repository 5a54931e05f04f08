export type NotifyOptions = { description?: string; action?: { label: string; onClick: () => void } };

/** Says something for a few seconds in the corner of the page; longer with an action. The library comes with the first message. */
export async function notify(title: string, options: NotifyOptions = {}): Promise<void> {
  const { toast } = await import("sonner");
  toast(title, { ...options, duration: options.action ? 10_000 : undefined });
}
