import { describe, expect, it } from 'vitest';
import { dryRun } from '../../../plugins/collector/src/throttle/dry-run.js';
import { ThrottleConfig } from '../../../plugins/collector/src/throttle/throttle-config.js';
import { form, intakeOf, part, post } from './submit-post.js';

const reject = (when: object[]) => ThrottleConfig.parse({ rules: [{ id: 'tried', when, verdict: 'reject' }] });

async function after(versions: string[], config: { throttle?: object; recentReports?: number } = {}) {
  const { intake, clock, contributed } = intakeOf(config);
  for (const version of versions) await post(intake, form(part('Version', version), part('URL', 'https://secret')));
  const around = { recent: intake.recent, contributed, clock };
  return { recent: intake.recent, run: (proposed: ThrottleConfig) => dryRun(around, intake.config.throttle, proposed) };
}

describe('a dry run of throttle rules', () => {
  it('tells what tighter rules would reject, beside today', async () => {
    const { run } = await after(['1', '2', '2', '3']);
    const answer = run(reject([{ annotation: 'Version', equals: '2' }]));
    expect(answer).toEqual({
      posts: 4,
      today: { accept: 100 },
      proposed: { accept: 50, reject: 50 },
      rules: { accept_everything: 2, tried: 2 },
      unseen: [],
    });
  });

  it('tells what looser rules would let in, since rejected posts are kept too', async () => {
    const { run } = await after(['1', '2'], { throttle: reject([{ annotation: 'Version', equals: '2' }]) });
    expect(run(ThrottleConfig.parse({}))).toMatchObject({
      today: { accept: 50, reject: 50 },
      proposed: { accept: 100 },
    });
  });

  it('keeps the last posts only, and of them nothing that is protected or undeclared', async () => {
    const { recent, run } = await after(['1', '2', '3'], { recentReports: 2 });
    expect(recent.all().map(({ annotations }) => annotations)).toEqual([{ Version: '2' }, { Version: '3' }]);
    expect(run(reject([{ annotation: 'URL', present: true }])).unseen).toEqual(['URL']);
  });

  it('says which rule can not be read', async () => {
    const { run } = await after(['1']);
    expect(() => run(reject([{ annotation: 'Version', matches: '(' }]))).toThrow(/rule can't be read/);
  });
});
