import { cleanText } from "../clean-text.ts";

/**
 * Joins streamed text. Each piece is passed on at once and clean; half of a surrogate pair waits for the other half,
 * which some servers send in the next piece.
 */
export function createTextAssembler(onPiece: (piece: string) => void) {
  let value = "";
  let held = "";

  const emit = (raw: string) => {
    const piece = cleanText(raw);
    if (piece === "") return;
    value += piece;
    onPiece(piece);
  };

  return {
    add(piece: unknown): void {
      if (typeof piece !== "string" || piece === "") return;
      const text = held + piece;
      held = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : "";
      emit(held === "" ? text : text.slice(0, -1));
    },
    end(): void {
      emit(held);
      held = "";
    },
    get value() {
      return value;
    },
  };
}
