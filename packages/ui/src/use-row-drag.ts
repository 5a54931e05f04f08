import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { type RefObject, useEffect, useRef, useState } from "react";

export type RowDragOptions = {
  /** Rows of one list can only be dropped on each other. */
  list: string;
  id: string;
  row: RefObject<HTMLElement | null>;
  handle: RefObject<HTMLElement | null>;
  /** Another row was dropped above or below this one. */
  onDrop: (draggedId: string, edge: "top" | "bottom") => void;
};

/** Lets a row of a list be dragged by its handle. @returns where a dragged row would go, and whether this one is dragged */
export function useRowDrag({ list, id, row, handle, onDrop }: RowDragOptions) {
  const [edge, setEdge] = useState<"top" | "bottom" | null>(null);
  const [dragged, setDragged] = useState(false);
  const drop = useRef(onDrop);
  useEffect(() => {
    drop.current = onDrop;
  });

  useEffect(() => {
    const element = row.current;
    if (!element || !handle.current) return;
    const edgeAt = (clientY: number) => {
      const { top, height } = element.getBoundingClientRect();
      return clientY < top + height / 2 ? "top" : "bottom";
    };
    const stops = [
      draggable({
        element,
        dragHandle: handle.current,
        getInitialData: () => ({ list, id }),
        onDragStart: () => setDragged(true),
        onDrop: () => setDragged(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => source.data.list === list && source.data.id !== id,
        onDrag: ({ location }) => setEdge(edgeAt(location.current.input.clientY)),
        onDragLeave: () => setEdge(null),
        onDrop({ source, location }) {
          setEdge(null);
          drop.current(String(source.data.id), edgeAt(location.current.input.clientY));
        },
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [list, id, row, handle]);

  return { edge, dragged };
}
