import { createCssVariablesTheme, createHighlighterCore, type GrammarState } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { GRAMMARS, type Language } from "./languages.ts";

export type Token = { text: string; color?: string };

const theme = createCssVariablesTheme({ name: "heddle", variablePrefix: "--shiki-" });
const options = { theme: "heddle", tokenizeMaxLineLength: 1000 } as const;
const highlighter = createHighlighterCore({
  themes: [theme],
  langs: [],
  engine: createJavaScriptRegexEngine({ forgiving: true }),
});

/** Coloured tokens of each line. Import this module lazily: it brings the highlighter along. */
export async function highlight(code: string, language: Language): Promise<Token[][]> {
  const shiki = await highlighter;
  if (!shiki.getLoadedLanguages().includes(language)) await shiki.loadLanguage(await GRAMMARS[language]());
  return toTokens(shiki.codeToTokensBase(code, { ...options, lang: language }));
}

/** … of code that follows other code, whose `state` it goes on in. */
export async function highlightOn(
  code: string,
  language: Language,
  state: GrammarState | undefined,
): Promise<{ tokens: Token[][]; state: GrammarState | undefined }> {
  const shiki = await highlighter;
  if (!shiki.getLoadedLanguages().includes(language)) await shiki.loadLanguage(await GRAMMARS[language]());
  const lines = shiki.codeToTokensBase(code, { ...options, lang: language, grammarState: state });
  return { tokens: toTokens(lines), state: shiki.getLastGrammarState(lines) };
}

function toTokens(lines: { content: string; color?: string }[][]): Token[][] {
  return lines.map((line) => line.map(({ content, color }) => ({ text: content, color })));
}
