import type { ProcessingRule } from '@faultline/sdk';
import { describeProcessingRule } from '@faultline/testing/suites';

const uptimeRule: ProcessingRule = {
  id: 'example/uptime',
  title: 'Uptime in minutes',
  version: 1,
  reads: ['uptime'],
  writes: ['uptime_minutes'],
  applies: ({ processed }) => processed['uptime'] !== undefined,
  apply({ processed, raw }) {
    const uptime = processed['uptime'];
    if (typeof uptime !== 'number' || raw.annotations['Skip'] === 'yes') return { notes: ['uptime is not a number'] };
    return { patch: { uptime_minutes: Math.floor(uptime / 60) } };
  },
};

describeProcessingRule(uptimeRule, [
  { name: 'divides by sixty', processed: { uptime: 125 }, patch: { uptime_minutes: 2 }, notes: [] },
  { name: 'notes what is not a number', processed: { uptime: 'long' }, patch: {}, notes: ['uptime is not a number'] },
  { name: 'leaves reports without it alone', patch: null },
  { name: 'can be told not to', raw: { annotations: { Skip: 'yes' } }, processed: { uptime: 1 }, patch: {} },
]);
