import { existsSync } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { folderOptionsHelp, type CliContext } from '@faultline/sdk/cli-command';
import { asFaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import { answers } from '../../boot/probe-binaries.js';
import { findPageFolder } from '../../http/page-files.js';
import { requireSafeBinding } from '../../http/loopback.js';
import { findRunningServer } from '../../serve/running-server.js';
import { inspectFolder, type InspectedFolder } from '../folder-host.js';
import { dataFolderOf, requireKnownSections, programOptions } from '../program-config.js';
import { parseCommandLine } from '../usage.js';

export const help = `Usage: faultline doctor [--data DIR]

Looks for what could keep the server from working, and says what to do. Ends with 1 when something must be done.

${folderOptionsHelp}
  --host HOST, --port N   what \`serve\` would listen on
`;

interface Finding {
  isFine: boolean;
  what: string;
  /** What to do; "" when fine. */
  advice: string;
}

const fine = (what: string): Finding => ({ isFine: true, what, advice: '' });
const bad = (what: string, advice: string): Finding => ({ isFine: false, what, advice });

const leastFreeSpace = 2 * 1024 ** 3;

export async function run(context: CliContext): Promise<number> {
  const { values } = parseCommandLine(context.args, programOptions);
  const folder = dataFolderOf(values, context);
  const findings = [nodeVersion(), await folderAccess(folder), await folderPrivacy(folder), await freeSpace(folder)];
  try {
    findings.push(...(await ofConfiguration(await inspectFolder(values, context))));
  } catch (error) {
    const { message, hint } = asFaultlineError(error);
    findings.push(bad(message, hint ?? ''));
  }
  findings.push(
    findPageFolder() === null ? bad('The page is not built.', 'Run `npm run build`.') : fine('The page is built.'),
  );
  for (const { isFine, what, advice } of findings) {
    context.stdout(`${isFine ? 'ok  ' : 'BAD '} ${what}${advice === '' ? '' : `\n     ${advice}`}\n`);
  }
  return findings.every((finding) => finding.isFine) ? 0 : 1;
}

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return fine(`Node ${process.versions.node}.`);
  return bad(`Node ${process.versions.node} is too old.`, 'Install Node 20.19 or later; 24 is recommended.');
}

async function folderAccess(folder: string): Promise<Finding> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return fine(`The data folder ${folder} can be written.`);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return fine(`The data folder ${folder} is not there yet; the first start makes it.`);
    return bad(
      `The data folder ${folder} can't be written (${code || 'unknown'}).`,
      'Give it to the user of the server.',
    );
  }
}

async function folderPrivacy(folder: string): Promise<Finding> {
  // A folder that is not there yet will be made without access for others.
  const found = existsSync(folder) ? await stat(folder) : null;
  if (found === null || (found.mode & 0o007) === 0)
    return fine('Other users of this machine have no access to the data.');
  return bad('Every user of this machine can read the data, and dumps hold private memory.', `chmod o-rwx ${folder}`);
}

async function freeSpace(folder: string): Promise<Finding> {
  const space = await statfs(existsSync(folder) ? folder : '.');
  const free = space.bavail * space.bsize;
  const text = `${(free / 1024 ** 3).toFixed(1)} GB are free for data.`;
  return free >= leastFreeSpace ? fine(text) : bad(text, 'Make room: posts are refused when the disk is full.');
}

async function ofConfiguration({ config, records }: InspectedFolder): Promise<Finding[]> {
  requireKnownSections(
    config.configuration,
    records.map(({ state }) => state.id),
  );
  requireSafeBinding(config.server);
  const broken = records.filter(({ state }) => state.error !== undefined);
  const { host, port } = config.server;
  return [
    fine(`The configuration ${config.configFile} is in order.`),
    ...broken.map(({ state }) => bad(state.error?.message ?? '', state.error?.hint ?? '')),
    ...(await lackingPrograms(records)),
    ...(broken.length === 0 ? [fine(`${records.length} plugins are in order.`)] : []),
    await portFree(host, port, config.dataFolder),
  ];
}

/** What works without them works; what does not is said in the hint. */
async function lackingPrograms(records: InspectedFolder['records']): Promise<Finding[]> {
  const optional = records.flatMap(
    ({ manifest }) => manifest?.requires.binaries.filter((binary) => binary.optional) ?? [],
  );
  const answering = await Promise.all(optional.map(({ name, versionArguments }) => answers(name, versionArguments)));
  return optional
    .filter((_, at) => answering[at] !== true)
    .map(({ name, hint }) => ({ isFine: true, what: `The program ${name} is not installed.`, advice: hint }));
}

async function portFree(host: string, port: number, folder: string): Promise<Finding> {
  const running = await findRunningServer(folder);
  if (running !== null) return fine(`A server runs on this folder at ${running.url} (pid ${running.pid}).`);
  const code = await new Promise<string | null>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
  if (code === null) return fine(`Port ${port} of ${host} is free.`);
  if (code === 'EADDRINUSE')
    return bad(`Port ${port} of ${host} is taken by another program.`, 'Choose another: --port 7071.');
  return bad(`Can't listen on ${host}:${port} (${code}).`, 'Check `server.host` and `server.port`.');
}
