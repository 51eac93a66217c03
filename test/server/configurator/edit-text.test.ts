import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { editConfigText } from '../../../server/src/configurator/edit-text.js';

const file = `# Ours, since the move.
server:
  port: 8080 # the proxy knows it
  host: 127.0.0.1

# Do not touch without asking Ann.
collector:
  throttle:
    rules:
      - id: nightly # half of them
        percentage: 50
`;

describe('editing a configuration file', () => {
  it('changes one value and leaves comments, order and the rest as they are', () => {
    expect(editConfigText(file, [{ name: 'server.port', value: 9090 }])).toBe(file.replace('8080', '9090'));
  });

  it('takes a setting out, and a section that has nothing left', () => {
    const text = editConfigText(file, [{ name: 'server.port' }, { name: 'server.host' }]);
    expect(text).not.toContain('server:');
    expect(text).toContain('# Do not touch without asking Ann.\ncollector:');
    expect(editConfigText(file, [{ name: 'log.level' }])).toBe(file);
  });

  it('adds sections at the end, deep settings included', () => {
    const text = editConfigText(file, [
      { name: 'log.level', value: 'warn' },
      { name: 'collector.throttle.fallback', value: 'reject' },
    ]);
    expect(text).toContain('        percentage: 50\n    fallback: reject\n');
    expect(text.endsWith('log:\n  level: warn\n')).toBe(true);
  });

  it('keeps the comments of a file that sets nothing yet, and fills sections that stand empty', () => {
    const text = editConfigText('# Everything has a default.\n\n# server:\n#   port: 7070\n', [
      { name: 'server.port', value: 1 },
    ]);
    expect(text).toBe('# Everything has a default.\n\n# server:\n#   port: 7070\n\nserver:\n  port: 1\n');
    expect(editConfigText('', [{ name: 'log.level', value: 'debug' }])).toBe('log:\n  level: debug\n');
    expect(editConfigText('log:\n', [{ name: 'log.level', value: 'debug' }])).toBe('log:\n  level: debug\n');
  });

  it('writes values so that they are read as what they are', () => {
    const text = editConfigText('', [
      { name: 'a.text', value: 'yes' },
      { name: 'a.list', value: ['1', 'no: 2'] },
      { name: 'a.odd', value: '# not a comment\nline 2' },
    ]);
    expect(editConfigText(text, [])).toBe(text);
    expect(parse(text)).toEqual({ a: { text: 'yes', list: ['1', 'no: 2'], odd: '# not a comment\nline 2' } });
  });
});
