import type { NoticeBoard, NoticeCondition } from '@faultline/sdk';
import { problemWords, serverWriting, type Problem } from '@faultline/sdk/operations';

/** Gives the problems that hold to the board of notices, which tells administrators. */
export async function holdNotices(board: NoticeBoard, problems: readonly Problem[], now: number): Promise<void> {
  const writing = serverWriting('en', now);
  await board.hold(
    'ops',
    problems.map((problem): NoticeCondition => ({
      key: problem.key,
      severity: problem.severity,
      link: problem.link,
      ...problemWords(problem, writing),
    })),
  );
}
