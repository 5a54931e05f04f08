import {
  AtSign,
  CheckCheck,
  CircleX,
  HandHelping,
  HardDrive,
  type LucideIcon,
  ShieldQuestion,
  Wrench,
} from "lucide-react";

export type InboxKind =
  | "turnFailed"
  | "turnFinished"
  | "setupAsked"
  | "setupFailed"
  | "mention"
  | "handOver"
  | "hostTrouble";

type Look = { icon: LucideIcon; className: string; label: string };

/** How a reason looks and what it is called in a list. */
export const inboxLooks: Record<InboxKind, Look> = {
  turnFailed: { icon: CircleX, className: "text-danger", label: "Turn failed" },
  turnFinished: { icon: CheckCheck, className: "text-accent-text", label: "Answered" },
  setupAsked: { icon: ShieldQuestion, className: "text-warn", label: "Setup to agree to" },
  setupFailed: { icon: Wrench, className: "text-danger", label: "Setup failed" },
  mention: { icon: AtSign, className: "text-accent-text", label: "Mentioned you" },
  handOver: { icon: HandHelping, className: "text-accent-text", label: "Handed over" },
  hostTrouble: { icon: HardDrive, className: "text-danger", label: "Host does not answer" },
};
