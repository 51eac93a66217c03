import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CatalogDocument } from '@faultline/sdk/api';
import { UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { parse } from 'yaml';
import { catalogOptions, catalogOptionsHelp, withCatalog } from './catalog-access.js';

export const help = `Usage: faultline products import FILE [--dry-run]

Declares the products and releases of a YAML or JSON file ("-" reads the input). Others stay as they are.

  products:
    - name: Teapot
      aliases: [teapot-nightly]
      featuredVersions: [auto]
      ticketLinks: [{ label: GitHub, url: "https://github.com/a/b/issues/new?title={title}" }]
      retention: { crashDays: 90 }
  releases:
    - { product: Teapot, channel: release, version: 1.2.0, buildId: "20261120093000", date: 2026-11-20 }

  --dry-run          say what would change, and change nothing
${catalogOptionsHelp}
`;

const largestFile = 16 * 1024 * 1024;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({ ...catalogOptions, 'dry-run': { type: 'boolean' } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError('Name one file, or "-".');
  const document = documentOf(
    file === '-' ? await inputText(context) : await fileText(path.resolve(context.cwd, file)),
  );
  const changes = await withCatalog(context, values, (catalog) => catalog.import(document, values['dry-run'] === true));
  const would = changes.dryRun ? 'would be ' : '';
  context.stdout(`${changes.added.length} ${would}added, ${changes.changed.length} ${would}changed, `);
  context.stdout(`${changes.unchanged.length} as they were; ${changes.releases} releases.\n`);
  for (const name of changes.added) context.stdout(`  + ${name}\n`);
  for (const name of changes.changed) context.stdout(`  ~ ${name}\n`);
  return 0;
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new FaultlineError('NotFound', 'FILE_UNREADABLE', `${file} can't be read.`, { cause });
  }
}

async function inputText(context: CliContext): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of context.stdin()) {
    size += chunk.length;
    if (size > largestFile) throw new FaultlineError('TooLarge', 'PRODUCTS_TOO_LARGE', 'The input is over 16 MB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function documentOf(text: string): CatalogDocument {
  let value: unknown;
  try {
    // Dates stay the texts they are: 2026-11-20.
    value = parse(text, { schema: 'core' });
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : '';
    throw new FaultlineError('Malformed', 'PRODUCTS_INVALID', `This is neither YAML nor JSON: ${message}`, { cause });
  }
  const parsed = CatalogDocument.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FaultlineError(
    'Malformed',
    'PRODUCTS_INVALID',
    `At ${issue?.path.join('.') || 'its top'}: ${issue?.message}`,
    {
      hint: '`faultline products import --help` shows the form.',
    },
  );
}
