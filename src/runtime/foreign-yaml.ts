import { LineCounter, parseAllDocuments } from 'yaml';

/**
 * Parses YAML, and so JSON, that others wrote, and returns its documents without the empty ones.
 * @throws Error with the line, the column and the rule for a text that is not YAML. It contains nothing of the text,
 * unlike the errors of the parser: the text may be a file that nobody wanted to show, such as one with a token.
 */
export function parseForeignYaml(text: string): readonly unknown[] {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false });
  return documents.flatMap(document => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      const rule = error.code.toLowerCase().replaceAll('_', ' ');
      throw new Error(`line ${line}, column ${col} is not valid YAML (${rule})`);
    }
    const value = valueOf(document);
    return value === null ? [] : [value];
  });
}

function valueOf(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch {
    throw new Error('an alias in it cannot be resolved');
  }
}
