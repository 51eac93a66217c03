import type { CliContext } from '@faultline/sdk/cli-command';
import type { JobRunShape } from '@faultline/sdk/api';

/** One line about a run, for people. */
export function runLine(run: JobRunShape): string {
  const { done, total, stage } = run.progress;
  const progress = total === null ? (done > 0 ? `${done}` : '') : `${done}/${total}`;
  const facts = [run.id, run.status.padEnd(9), run.job, run.slot, progress, stage, run.error?.message ?? ''];
  return facts.filter((fact) => fact !== '').join('  ');
}

/** Shows how a run gets on, on standard error, until it has ended. Ctrl-C leaves it running. */
export async function follow(context: CliContext, fetchRun: () => Promise<JobRunShape>): Promise<JobRunShape | null> {
  let shown = '';
  for (;;) {
    const run = await fetchRun();
    const line = runLine(run);
    if (line !== shown) context.stderr(`${line}\n`);
    shown = line;
    if (run.endedAt !== null) return run;
    const stopped = await new Promise<boolean>((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        context.signal.removeEventListener('abort', stop);
        resolve(false);
      }, 500);
      context.signal.addEventListener('abort', stop, { once: true });
      if (context.signal.aborted) stop();
    });
    if (stopped) return null;
  }
}
