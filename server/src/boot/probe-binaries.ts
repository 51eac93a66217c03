import { execFile } from 'node:child_process';
import { FaultlineError } from '@faultline/sdk/errors';
import { fail, isPending, type PluginRecord } from './plugin-record.js';

/** Asks every program that plugins can't do without for its version. */
export async function probeBinaries(records: readonly PluginRecord[]): Promise<void> {
  await Promise.all(
    records.filter(isPending).map(async (record) => {
      for (const binary of record.manifest.requires.binaries) {
        if (binary.optional || (await answers(binary.name, binary.versionArguments))) continue;
        const message = `${record.manifest.id} needs the program "${binary.name}", which does not start here.`;
        fail(record, new FaultlineError('Unavailable', 'PLUGIN_BINARY_MISSING', message, { hint: binary.hint }));
        return;
      }
    }),
  );
}

/** It exists and can be started; many programs exit with 1 after printing their version. */
export function answers(program: string, versionArguments: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, [...versionArguments], { timeout: 5000, windowsHide: true }, (error) => {
      resolve(error === null || typeof error.code === 'number');
    });
  });
}
