import type { FieldDefinition } from '@faultline/sdk';
import { MemoryFieldDictionary, sampleCrashId, sampleProcessed, sampleRawCrash, sampleRun } from '@faultline/testing';
import { describe, expect, it } from 'vitest';
import { crashReport } from '../../../plugins/reports/src/crash-report.ts';

const field = (id: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
  id,
  title: id,
  type: 'string',
  description: '',
  permission: 'public',
  ...more,
});

describe('What a run changed', () => {
  const crashId = sampleCrashId(1);
  const values = [
    { field: 'signature', before: 'lid', after: 'spout' },
    { field: 'url', before: 'https://private.example/', after: '' },
    { field: 'json_dump', before: '(99999 characters of JSON)', after: { crash_info: {} } },
    { field: 'nobody_knows', after: 'me' },
  ];
  const stored = {
    raw: sampleRawCrash({ crashId }),
    processed: sampleProcessed(crashId),
    runs: [sampleRun(1), sampleRun(2, { changed: values.map((value) => value.field), values })],
    pending: null,
  };
  const fields = new MemoryFieldDictionary([
    field('signature'),
    field('url', { permission: 'protected' }),
    field('json_dump', { type: 'object' }),
  ]);

  it('is told with old and new values to those who may see them', () => {
    const { runs } = crashReport(stored, { fields, mayViewProtected: true }, undefined);
    expect(runs.map((run) => run.values)).toEqual([values, []]);
  });

  it('hides values of protected fields, of fields that nobody declares, and stack walks from the others', () => {
    const { runs } = crashReport(stored, { fields, mayViewProtected: false }, undefined);
    expect(runs[0]?.values).toEqual([{ field: 'signature', before: 'lid', after: 'spout' }]);
    expect(JSON.stringify(runs)).not.toContain('private.example');
  });
});
