import type { ContributionList, Job, NoticeBoard, NoticeSource } from '@faultline/sdk';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';

/** Asks every source of notices; one that fails does not keep the others from being asked. */
export function lookJob(sources: ContributionList<NoticeSource>, board: NoticeBoard): Job {
  return {
    id: 'notices/look',
    title: 'Look whether alerts are due',
    schedule: { every: 60_000 },
    async run(run) {
      let conditions = 0;
      const failed: string[] = [];
      for (const { value: source } of sources.all()) {
        await run.pausePoint();
        try {
          const found = await source.look(run.signal);
          await board.hold(source.id, found);
          conditions += found.length;
        } catch (error) {
          run.signal.throwIfAborted();
          const { code, message } = asFaultlineError(error);
          run.logger.error({ source: source.id, code }, message);
          failed.push(source.id);
        }
      }
      if (failed.length === 0) return { sources: sources.all().length, conditions };
      throw new FaultlineError('Unavailable', 'NOTICE_SOURCE_FAILED', `These could not look: ${failed.join(', ')}.`, {
        hint: 'The log of this run says why.',
      });
    },
  };
}
