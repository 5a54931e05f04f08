const charsPerToken = 4;

/** A rough count for text whose real count is unknown: four characters a token, never used where a provider's own number exists. */
export function estimateTokens(text: string | number): number {
  return Math.ceil((typeof text === "number" ? text : text.length) / charsPerToken);
}
