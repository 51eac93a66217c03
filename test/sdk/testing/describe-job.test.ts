import { describeJob } from '@faultline/testing/suites';

describeJob('a sweeper', () => {
  const files = new Map([
    ['old', 1],
    ['new', 2_000_000_000_000],
  ]);
  return Promise.resolve({
    effect: () => Promise.resolve([...files.keys()]),
    job: {
      id: 'example/sweep',
      title: 'Sweep old files',
      schedule: { every: 60_000 },
      async run({ slot, signal, progress }) {
        await Promise.resolve();
        const names = [...files.keys()];
        for (const [index, name] of names.entries()) {
          signal.throwIfAborted();
          if ((files.get(name) ?? 0) < slot) files.delete(name);
          progress(index + 1, names.length);
        }
      },
    },
  });
});
