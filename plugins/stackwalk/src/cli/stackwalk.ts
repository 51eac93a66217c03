/** `faultline stackwalk`: runs the bundled command where there is one. */
import type { CliContext } from '@faultline/sdk/cli-command';
import { currentBundle } from '../current-bundle.js';
import type * as walkCommand from './walk-command.js';

export { help } from './stackwalk-options.js';

export async function run(context: CliContext): Promise<number> {
  const bundle = currentBundle('walk-command');
  const command = (bundle === null ? await import('./walk-command.js') : await import(bundle)) as typeof walkCommand;
  return command.run(context);
}
