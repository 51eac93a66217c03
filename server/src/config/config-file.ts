import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';

export interface ConfigFile {
  /** Absolute path; relative paths in the file start at its folder. */
  path: string;
  /** As it stands in the file. */
  text: string;
  sections: Record<string, unknown>;
  /** Line of a key, counted from 1; null when it is not in the file. */
  lineOf(path: readonly string[]): number | null;
}

/** Null when there is no such file. Throws `Malformed CONFIG_SYNTAX` with line and column. */
export async function readConfigFile(path: string): Promise<ConfigFile | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw new FaultlineError('Unavailable', 'CONFIG_UNREADABLE', `The configuration ${path} can't be read.`, {
      hint: `Let the server's user read it (${systemErrorCode(error) || 'unknown error'}).`,
      cause: error,
    });
  }
  return parseConfigText(text, path);
}

/** @param path The file that the text is, or will be, of. Throws `Malformed CONFIG_SYNTAX` with line and column. */
export async function parseConfigText(text: string, path: string): Promise<ConfigFile> {
  // As the first start writes it: nothing is set, and no parser has to be loaded to know that.
  if (!/^[^\S\n]*[^#\s]/m.test(text)) return { path, text, sections: {}, lineOf: () => null };
  const { isMap, isNode, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw syntaxError(path, line, col, problem.message);
  }
  if (document.contents !== null && !isMap(document.contents)) {
    throw syntaxError(path, 1, 1, 'Sections such as "server:" are expected at the top');
  }
  return {
    path,
    text,
    sections: plainSections(document, path),
    lineOf(keys) {
      const parent = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
      if (!isMap(parent)) return null;
      const pair = parent.items.find((item) => isNode(item.key) && item.key.toJSON() === keys.at(-1));
      const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
      return offset === undefined ? null : lines.linePos(offset).line;
    },
  };
}

/** Throws for aliases that unfold to far more than is written. */
function plainSections(document: Document.Parsed, path: string): Record<string, unknown> {
  try {
    return (document.toJS({ maxAliasCount: 100 }) as Record<string, unknown> | null) ?? {};
  } catch (error) {
    if (error instanceof ReferenceError) throw syntaxError(path, 1, 1, error.message);
    throw error;
  }
}

function syntaxError(path: string, line: number, column: number, message: string): FaultlineError {
  const sentence = message.replace(/\s+/g, ' ').replace(/[.:]$/, '');
  return new FaultlineError('Malformed', 'CONFIG_SYNTAX', `${path}, line ${line}, column ${column}: ${sentence}.`, {
    hint: 'Correct that line; YAML wants spaces for indentation and a blank after each colon.',
    details: { path, line, column },
  });
}
