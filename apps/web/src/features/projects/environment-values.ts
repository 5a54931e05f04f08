import type { EnvironmentView } from "@heddle/db/projects.schema";
import type { EnvironmentErrors, EnvironmentValues } from "@heddle/ui/environment-form";

/** What the form shows: hosts one per line. */
export function valuesOf(environment: EnvironmentView): EnvironmentValues {
  return {
    setupScript: environment.setupScript ?? "",
    setupHosts: environment.setupHosts.join("\n"),
    allowedHosts: environment.allowedHosts.join("\n"),
    devCommand: environment.devCommand ?? "",
  };
}

/** What the form says, as the call takes it. Empty lines are left out. */
export function inputOf(values: EnvironmentValues) {
  const hosts = (text: string) => filled(text).map(({ text: line }) => line);
  return {
    setupScript: values.setupScript.trim() === "" ? null : values.setupScript,
    setupHosts: hosts(values.setupHosts),
    allowedHosts: hosts(values.allowedHosts),
    devCommand: values.devCommand.trim() === "" ? null : values.devCommand.trim(),
  };
}

/** A refused call's sentences, by field and line of what was sent. */
export function errorsOf(fields: Record<string, string>, values: EnvironmentValues): EnvironmentErrors {
  const lines = (name: "setupHosts" | "allowedHosts") =>
    Object.fromEntries(
      filled(values[name]).flatMap(({ line }, index) => {
        const message = fields[`${name}.${index}`];
        return message === undefined ? [] : [[line, message]];
      }),
    );
  return {
    setupScript: fields.setupScript,
    devCommand: fields.devCommand,
    setupHosts: lines("setupHosts"),
    allowedHosts: lines("allowedHosts"),
    whole: fields.setupHosts ?? fields.allowedHosts,
  };
}

function filled(text: string): { line: number; text: string }[] {
  return text
    .split("\n")
    .map((one, line) => ({ line, text: one.trim() }))
    .filter(({ text: one }) => one !== "");
}
