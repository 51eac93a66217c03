/**
 * Searching a folder that no server runs on needs the plugins that declare its fields and the index that they make: so
 * a server of the folder is started for the moment, reachable from this machine alone, and stopped afterwards.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { CliContext, CliServer, FolderOptions, ServerOptions } from '@faultline/sdk/cli-command';
import { FaultlineError } from '@faultline/sdk/errors';

const patience = 60_000;
const shownOutput = 2_000;

/** The server of `--url`, or one of `--data` for as long as the work takes. */
export async function withServer<T>(
  context: CliContext,
  options: ServerOptions & FolderOptions,
  work: (server: CliServer) => Promise<T>,
): Promise<T> {
  const isServer =
    options.url !== undefined || (context.env['FAULTLINE_URL'] !== undefined && options.data === undefined);
  const isFolder = options.data !== undefined || context.env['FAULTLINE_DATA'] !== undefined;
  if (isServer || !isFolder) return work(context.server(options));
  return withFolderServer(context, options, work);
}

async function withFolderServer<T>(
  context: CliContext,
  { data, config, set = [] }: FolderOptions,
  work: (server: CliServer) => Promise<T>,
): Promise<T> {
  const given = (name: string, value: string | undefined): string[] => (value === undefined ? [] : [name, value]);
  const args = [
    ...['serve', '--port', '0', '--host', '127.0.0.1', '--roles', 'web'],
    ...given('--data', data),
    ...given('--config', config),
    ...set.flatMap((setting) => ['--set', setting]),
  ];
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    cwd: context.cwd,
    env: { ...context.env, FAULTLINE_URL: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = (): void => void child.kill('SIGTERM');
  context.signal.addEventListener('abort', stop);
  try {
    const { url, code } = await ready(child, ended);
    return await work(await signedIn(context.server({ url }), code));
  } finally {
    context.signal.removeEventListener('abort', stop);
    stop();
    await ended;
  }
}

/** Rejects with what it said when it ends before it is ready: another server holds the folder, most likely. */
async function ready(child: ChildProcess, ended: Promise<void>): Promise<{ url: string; code: string }> {
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(timer);
      const said = output.trim().slice(-shownOutput);
      reject(
        new FaultlineError('Unavailable', 'FOLDER_NOT_OPENED', `The folder could not be opened: ${what}.\n${said}\n`, {
          hint: 'If a server runs on it, search it with --url.',
        }),
      );
    };
    const timer = setTimeout(() => fail('it was not ready in time'), patience);
    const take = (text: Buffer): void => {
      output += text.toString();
      const url = /^ready (http\S+)$/m.exec(output)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve({ url, code: /#code=(\S+)/.exec(output)?.[1] ?? '' });
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    void ended.then(() => fail('its server ended'));
  });
}

/** Who has the folder may see all of it. Without a code (somebody signed in before), what everybody may see. */
async function signedIn(server: CliServer, code: string): Promise<CliServer> {
  if (code === '') return server;
  const answer = await server.fetch('/api/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const withCookie = (init: RequestInit = {}): RequestInit => {
    const headers = new Headers(init.headers);
    headers.set('cookie', cookie);
    return { ...init, headers };
  };
  return {
    fetch: (path, init) => server.fetch(path, withCookie(init)),
    json: (path, init) => server.json(path, withCookie(init)),
  };
}
