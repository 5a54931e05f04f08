"use client";
import { MenuItem, MenuLabel, MenuSeparator } from "@heddle/ui/dropdown-menu";
import { MenuAt, type MenuPlace } from "@heddle/ui/menu-at";
import { snoozeTimes } from "@heddle/ui/snooze-times";
import { Check, Clock, Hand, RotateCcw, UserRoundPlus } from "lucide-react";
import { useRef } from "react";
import type { InboxItem } from "./use-inbox.ts";
import { titleOf, type useInboxActions } from "./use-inbox-actions.ts";

export type InboxMenuProps = {
  item: InboxItem;
  place: MenuPlace;
  /** Only the times to snooze to. */
  snoozing: boolean;
  me: string | undefined;
  actions: ReturnType<typeof useInboxActions>;
  onDone: () => void;
  onSnooze: (until: Date) => void;
  onHandOn: () => void;
  onClose: () => void;
};

/** All that can be done with an item. */
export function InboxMenu(props: InboxMenuProps) {
  const { item, place, snoozing, me, actions, onDone, onSnooze, onHandOn, onClose } = props;
  const handingOn = useRef(false);
  const waits = item.endedAt === null;

  function handOn() {
    handingOn.current = true;
    onHandOn();
  }

  return (
    <MenuAt place={place} label={titleOf(item)} onClose={() => handingOn.current || onClose()}>
      {waits && !snoozing && (
        <>
          <MenuItem icon={Check} keys={["e"]} onSelect={onDone}>
            Done
          </MenuItem>
          {item.claimedBy?.id === me ? (
            <MenuItem icon={Hand} keys={["c"]} onSelect={() => actions.release(item)}>
              Leave it to others
            </MenuItem>
          ) : (
            <MenuItem icon={Hand} keys={["c"]} disabled={item.claimedBy !== null} onSelect={() => actions.claim(item)}>
              I take care of it
            </MenuItem>
          )}
          <MenuItem icon={UserRoundPlus} keys={["h"]} onSelect={handOn}>
            Hand on…
          </MenuItem>
          <MenuSeparator />
        </>
      )}
      {waits && (
        <>
          <MenuLabel>Snooze until</MenuLabel>
          {snoozeTimes(new Date()).map(({ label, until }) => (
            <MenuItem key={label} icon={Clock} onSelect={() => onSnooze(until)}>
              {label}
            </MenuItem>
          ))}
        </>
      )}
      {(!waits || item.snoozedUntil !== null) && (
        <MenuItem icon={RotateCcw} disabled={item.resolved} onSelect={() => actions.reopen(item)}>
          {item.resolved ? "Settled: nothing to open" : "Open again"}
        </MenuItem>
      )}
    </MenuAt>
  );
}
