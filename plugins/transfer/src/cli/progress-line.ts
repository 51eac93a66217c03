import type { CliContext } from '@faultline/sdk/cli-command';
import type { Milliseconds } from '@faultline/sdk';

const interval: Milliseconds = 1000;

/** Shows how far something is, on standard error, at most once a second. */
export function progressLine(context: Pick<CliContext, 'stderr'>): (line: string) => void {
  let shownAt = performance.now();
  return (line) => {
    if (performance.now() - shownAt < interval) return;
    shownAt = performance.now();
    context.stderr(`${line}\n`);
  };
}
