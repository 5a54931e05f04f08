import { useStored } from "@heddle/ui/use-stored";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../shell/trpc.ts";
import { type EditorChoice, editorLink, noEditor } from "./editor-link.ts";

/** In which editor the reader opens files; kept in this browser, since folders are of a machine. */
export function useEditor(): [EditorChoice, (choice: EditorChoice) => void] {
  const [stored, store] = useStored<EditorChoice>("heddle-editor", noEditor);
  return [{ ...noEditor, ...stored }, store];
}

/** The address at which a file of a project opens in the reader's editor; absent without one. */
export function useEditorHref(projectId: string): ((path: string) => string | undefined) | undefined {
  const [choice] = useEditor();
  const projects = useQuery(useTRPC().projects.list.queryOptions()).data;
  const project = projects?.find(({ id }) => id === projectId);
  return project && choice.editor !== "none" ? (path) => editorLink(choice, project.name, path) : undefined;
}
