import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';
import { ServerClient } from '../server-client.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline submit DUMP --url URL [-a KEY=VALUE]...

Sends a minidump as a crash reporter does, and prints the server's answer: CrashID=bp-...

${serverOptionsHelp}
  -a, --annotation KEY=VALUE   one annotation, e.g. -a ProductName=Paint -a Version=1.2; may be repeated
  --name NAME                  name of the dump's part (upload_file_minidump)

Example: faultline submit crash.dmp --url http://127.0.0.1:7070 -a ProductName=Paint -a Version=1.2
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = parseCommandLine(context.args, {
    ...serverOptions,
    annotation: { type: 'string', short: 'a', multiple: true },
    name: { type: 'string', default: 'upload_file_minidump' },
  });
  const [dump, ...more] = positionals;
  if (dump === undefined || more.length > 0) throw new UsageError('exactly one minidump is wanted');
  const client = new ServerClient(values, context);
  const form = new FormData();
  for (const [key, value] of (values.annotation ?? []).map(pairOf)) form.append(key, value);
  form.append(values.name, await openDump(path.resolve(context.cwd, dump)), path.basename(dump));
  const response = await client.fetch('/submit', { method: 'POST', body: form });
  const answer = await response.text();
  context.stdout(answer.endsWith('\n') ? answer : `${answer}\n`);
  return response.ok && answer.startsWith('CrashID=') ? 0 : 1;
}

function pairOf(text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UsageError(`--annotation wants KEY=VALUE, not "${text}"`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

async function openDump(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file, { type: 'application/octet-stream' });
  } catch (error) {
    throw new FaultlineError('NotFound', 'DUMP_UNREADABLE', `${file} can't be read.`, { cause: error });
  }
}
