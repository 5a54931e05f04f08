"use client";
import { ShieldCheck, ShieldQuestion } from "lucide-react";
import { Button } from "./button.tsx";

export type SetupAgreementProps = {
  /** Somebody has agreed to just this script with these hosts. */
  agreed: boolean;
  /** The script or its hosts differ from what is saved. */
  changed: boolean;
  /** The form that agreeing sends; absent for those who may not. */
  form?: string;
  /** Before the form is sent. */
  onAgree: () => void;
  pending?: boolean;
};

/** Whether threads may run a setup script without asking, and the button that lets them. */
export function SetupAgreement({ agreed, changed, form, onAgree, pending }: SetupAgreementProps) {
  const Icon = agreed ? ShieldCheck : ShieldQuestion;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-sunken px-3 py-2 text-sm">
      <Icon className={agreed ? "size-4 shrink-0 text-success" : "size-4 shrink-0 text-warn"} aria-hidden />
      <p role="status" className="min-w-0 flex-1 basis-56">
        {agreed
          ? "Agreed to: threads run it without asking."
          : changed
            ? "Changed: the first thread that needs it asks for agreement, unless you agree now."
            : "Not agreed to yet: the first thread that needs it asks."}
      </p>
      {!agreed && form !== undefined && (
        <Button size="sm" type="submit" form={form} onClick={onAgree} pending={pending}>
          {changed ? "Save and agree to this script" : "Agree to this script"}
        </Button>
      )}
    </div>
  );
}
