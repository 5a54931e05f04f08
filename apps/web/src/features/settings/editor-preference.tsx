"use client";
import { Field } from "@heddle/ui/field";
import { Input } from "@heddle/ui/input";
import { Select } from "@heddle/ui/select";
import { editors, isPattern } from "./editor-link.ts";
import { Preference } from "./preference.tsx";
import { useEditor } from "./use-editor.ts";

const options = [
  { value: "none", label: "None" },
  ...Object.entries(editors).map(([value, { label }]) => ({ value, label })),
  { value: "custom", label: "Another one" },
];

/** In which editor of this machine the files of a diff open. */
export function EditorPreference() {
  const [choice, setChoice] = useEditor();
  const { editor, folder, pattern } = choice;
  return (
    <>
      <Preference title="Editor" hint="Files of a diff get a link that opens them there, in your own checkout.">
        <Select
          aria-label="Editor"
          value={editor}
          onValueChange={(next) => setChoice({ ...choice, editor: next })}
          options={options}
          className="w-48"
        />
      </Preference>
      {editor !== "none" && (
        <div className="flex flex-col gap-3 border-line border-b px-4 py-3">
          <Field
            label="Folder of your checkouts"
            hint="On this machine; each project is expected in a folder of its name below it."
          >
            {(control) => (
              <Input
                {...control}
                value={folder}
                placeholder="/home/ada/code"
                spellCheck={false}
                onChange={(event) => setChoice({ ...choice, folder: event.target.value })}
              />
            )}
          </Field>
          {editor === "custom" && (
            <Field
              label="Address"
              hint="{path} stands for the file."
              error={
                pattern === "" || isPattern(pattern) ? null : "Write an address such as my-editor://open?file={path}"
              }
            >
              {(control) => (
                <Input
                  {...control}
                  value={pattern}
                  placeholder="my-editor://open?file={path}"
                  spellCheck={false}
                  onChange={(event) => setChoice({ ...choice, pattern: event.target.value })}
                />
              )}
            </Field>
          )}
        </div>
      )}
    </>
  );
}
