/** `faultline fields`: the data dictionary of a server, as a page or for programs. */
import { DataDictionary } from '@faultline/sdk/api';
import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { dictionaryMarkdown } from '../dictionary/dictionary-markdown.js';

export const help = `Usage: faultline fields [--format markdown|json] [--find TEXT] [options]

Prints the data dictionary of a server: every field of processed crashes with its type, the annotation it is copied
from, who may see it, what it is, and the rules that write it. Fields of plugins are among them.

  --format FORMAT    markdown (default) or json
  --find TEXT        only fields whose name, title, annotation or description has this text
${serverOptionsHelp}

Example: faultline fields --url http://localhost:7070 > fields.md`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    format: { type: 'string' },
    find: { type: 'string' },
  });
  if (positionals.length > 0) throw new UsageError(`"${positionals[0] ?? ''}" is not understood`);
  const format = values.format ?? 'markdown';
  if (format !== 'markdown' && format !== 'json') throw new UsageError(`there is no format "${format}"`);
  const all = DataDictionary.parse(await context.server(values).json('/api/v1/data-dictionary'));
  const wanted = (values.find ?? '').toLowerCase();
  const fields = all.fields.filter(({ id, title, annotation, description }) =>
    `${id} ${title} ${annotation} ${description}`.toLowerCase().includes(wanted),
  );
  const found = { ...all, fields };
  context.stdout(format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : dictionaryMarkdown(found));
  return 0;
}
