"use client";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Button } from "./button.tsx";
import { Textarea } from "./input.tsx";

export type EditedPrompt = { id: string; text: string };

export type QueuedEditorProps = {
  edited: EditedPrompt;
  onChange: (edited: EditedPrompt) => void;
  onSave: (text: string) => Promise<boolean>;
  onClose: () => void;
  note?: string;
  saveLabel?: string;
};

/** A queued prompt being written anew. ⌘/Ctrl+Enter saves, Esc leaves it as it was. */
export function QueuedEditor({ edited, onChange, onSave, onClose, note, saveLabel = "Save" }: QueuedEditorProps) {
  const [pending, setPending] = useState(false);
  const ready = edited.text.trim() !== "";

  async function save(event?: FormEvent) {
    event?.preventDefault();
    if (!ready || pending) return;
    setPending(true);
    const saved = await onSave(edited.text.trim()).catch(() => false);
    setPending(false);
    if (saved) onClose();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save();
    else return;
    event.preventDefault();
  }

  return (
    <form onSubmit={save} className="flex flex-col gap-2 p-2">
      {note && (
        <p role="alert" className="text-warn text-xs">
          {note}
        </p>
      )}
      <Textarea
        aria-label="Queued text"
        autoFocus
        value={edited.text}
        readOnly={pending}
        onChange={(event) => onChange({ ...edited, text: event.target.value })}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-[20dvh] min-h-10 resize-none"
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          {note ? "Discard" : "Cancel"}
        </Button>
        <Button size="sm" type="submit" variant="primary" disabled={!ready} pending={pending}>
          {saveLabel}
        </Button>
      </div>
    </form>
  );
}
