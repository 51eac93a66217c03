import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../server/src/cli/usage.js';

const options = {
  from: { type: 'string' },
  annotation: { type: 'string', short: 'a', multiple: true },
  json: { type: 'boolean' },
} as const;
const parse = (...args: string[]) => {
  const { values, positionals } = parseCommandLine(args, options);
  return { ...values, positionals };
};

describe('options whose value begins with a dash', () => {
  it('take it as it stands', () => {
    expect(parse('--from', '-7d', '--json', 'x')).toEqual({ from: '-7d', json: true, positionals: ['x'] });
    expect(parse('--from=-7d')).toMatchObject({ from: '-7d' });
  });

  it('leave short options, long ones and what follows "--" alone', () => {
    expect(() => parse('--from', '-a', 'k=v')).toThrow('from');
    expect(() => parse('--from', '--json')).toThrow('from');
    expect(parse('--json', '--', '--from', '-7d')).toEqual({ json: true, positionals: ['--from', '-7d'] });
  });
});
