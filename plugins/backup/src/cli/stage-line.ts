import type { Milliseconds } from '@faultline/sdk';
import type { CliContext } from '@faultline/sdk/cli-command';

const interval: Milliseconds = 1000;

/** Says what is at hand, on standard error, at most once a second. */
export function stageLine(context: Pick<CliContext, 'stderr'>): (stage: string) => void {
  let shownAt = performance.now();
  return (stage) => {
    if (performance.now() - shownAt < interval) return;
    shownAt = performance.now();
    context.stderr(`${stage}\n`);
  };
}
