"use client";
import { Checkbox } from "./checkbox.tsx";
import { Combobox } from "./combobox.tsx";
import { Field } from "./field.tsx";
import type { InboxKind } from "./inbox-kind.ts";
import { Input } from "./input.tsx";

export type NotificationValues = {
  emailKinds: InboxKind[];
  /** Minutes of the day. */
  quietHours: { from: number; to: number } | null;
  timeZone: string;
};

export type NotificationFieldsProps = {
  value: NotificationValues;
  onChange: (value: NotificationValues) => void;
  kinds: { kind: InboxKind; label: string; hint: string }[];
  timeZones: readonly string[];
};

const usualNight = { from: 20 * 60, to: 8 * 60 };

/** What is sent by e-mail, and when not. */
export function NotificationFields({ value, onChange, kinds, timeZones }: NotificationFieldsProps) {
  const { emailKinds, quietHours, timeZone } = value;
  const set = (part: Partial<NotificationValues>) => onChange({ ...value, ...part });
  return (
    <>
      <fieldset className="flex flex-col gap-3 rounded-lg border border-line px-4 py-3">
        <legend className="px-1 font-medium text-sm">Send me an e-mail when</legend>
        {kinds.map(({ kind, label, hint }) => (
          <Checkbox
            key={kind}
            label={label}
            hint={hint}
            checked={emailKinds.includes(kind)}
            onCheckedChange={(on) =>
              set({ emailKinds: on ? [...emailKinds, kind] : emailKinds.filter((one) => one !== kind) })
            }
          />
        ))}
      </fieldset>
      <fieldset className="flex flex-col gap-3 rounded-lg border border-line px-4 py-3">
        <legend className="px-1 font-medium text-sm">Quiet hours</legend>
        <Checkbox
          label="Send nothing at certain hours"
          hint="What still waits for you then is sent afterwards."
          checked={quietHours !== null}
          onCheckedChange={(on) => set({ quietHours: on ? usualNight : null })}
        />
        {quietHours && (
          <div className="flex flex-wrap items-end gap-3">
            {(["from", "to"] as const).map((end) => (
              <Field key={end} label={end === "from" ? "From" : "To"}>
                {(control) => (
                  <Input
                    {...control}
                    type="time"
                    required
                    className="w-32"
                    value={timeOf(quietHours[end])}
                    onChange={({ target }) => {
                      const minute = minuteOf(target.value);
                      if (minute !== null) set({ quietHours: { ...quietHours, [end]: minute } });
                    }}
                  />
                )}
              </Field>
            ))}
            <div className="flex flex-col gap-1.5">
              <span className="font-medium text-sm">Time zone</span>
              <Combobox
                label="Time zone"
                value={timeZone}
                onValueChange={(zone) => set({ timeZone: zone })}
                options={timeZones}
                className="h-8 border border-control"
              />
            </div>
          </div>
        )}
      </fieldset>
    </>
  );
}

/** "07:05" of a minute of the day. */
function timeOf(minute: number): string {
  const two = (part: number) => part.toString().padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function minuteOf(time: string): number | null {
  const [hour, minute] = time.split(":").map(Number);
  return hour === undefined || minute === undefined || Number.isNaN(hour + minute) ? null : hour * 60 + minute;
}
