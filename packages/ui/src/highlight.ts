import { createCssVariablesTheme, createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { GRAMMARS, type Language } from "./languages.ts";

export type Token = { text: string; color?: string };

const theme = createCssVariablesTheme({ name: "heddle", variablePrefix: "--shiki-" });
const highlighter = createHighlighterCore({
  themes: [theme],
  langs: [],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});

/** Coloured tokens of each line. Import this module lazily: it brings the highlighter along. */
export async function highlight(code: string, language: Language): Promise<Token[][]> {
  const shiki = await highlighter;
  if (!shiki.getLoadedLanguages().includes(language)) await shiki.loadLanguage(await GRAMMARS[language]());
  const lines = shiki.codeToTokensBase(code, { lang: language, theme: "heddle", tokenizeMaxLineLength: 1000 });
  return lines.map((line) => line.map(({ content, color }) => ({ text: content, color })));
}
