import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR = 24;

/**
 * Keeps a scroller at its end while its content grows, but only if it was there. Opening a row by hand never scrolls.
 * `newest` names the last change: when it changes while the reader is elsewhere, `unseen` becomes true.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  newest: string,
): { unseen: boolean; scrollToEnd: () => void } {
  const stuck = useRef(true);
  const seen = useRef(newest);
  const [unseen, setUnseen] = useState(false);

  const scrollToEnd = useCallback(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    stuck.current = true;
    setUnseen(false);
  }, [scroller]);

  useLayoutEffect(scrollToEnd, [scrollToEnd]);

  useEffect(() => {
    if (seen.current === newest) return;
    seen.current = newest;
    if (!stuck.current) setUnseen(true);
  }, [newest]);

  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    let byHand = 0;
    let lastTop = box.scrollTop;
    const atEnd = () => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    const onScroll = () => {
      // Content may have grown since the scroll that this event tells of: only a reader moves up.
      if (box.scrollTop < lastTop || atEnd()) stuck.current = atEnd();
      lastTop = box.scrollTop;
      if (stuck.current) setUnseen(false);
    };
    const onClick = (event: Event) => {
      byHand = event.timeStamp;
    };
    const observer = new ResizeObserver(() => {
      if (performance.now() - byHand < 200) stuck.current = atEnd();
      else if (stuck.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(box);
    box.addEventListener("scroll", onScroll, { passive: true });
    inner.addEventListener("click", onClick, true);
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
      inner.removeEventListener("click", onClick, true);
    };
  }, [scroller, content]);

  return { unseen, scrollToEnd };
}
