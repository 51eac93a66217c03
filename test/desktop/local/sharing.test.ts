import { describe, expect, it } from 'vitest';
import { htmlReport, reportParts } from '../../../desktop/renderer/src/local/export/html-report.js';
import { findPrivateStrings, remover } from '../../../desktop/renderer/src/local/export/private-strings.js';
import { exportName } from '../../../desktop/renderer/src/local/export/save-text.js';
import { readStackReport } from '../../../desktop/renderer/src/reading/stack-model.js';

function found(...texts: string[]): string[] {
  return findPrivateStrings({ texts, annotations: [] }).map(({ kind, text }) => `${kind} ${text}`);
}

describe('private strings', () => {
  it('are user names in paths of every system', () => {
    expect(
      found('/home/jane/x.c', '/Users/Jane Roe/y', 'C:\\Users\\J. Roe\\z.c', '/var/home/kim/a', 'c:/users/bob/q'),
    ).toEqual(['user-name jane', 'user-name Jane', 'user-name J. Roe', 'user-name kim', 'user-name bob']);
    expect(found('/Users/Shared/a', 'C:\\Users\\Public\\b', '/home', '/build/home.c')).toEqual([]);
  });

  it('are addresses, queries, secrets and computers', () => {
    expect(found('mail to jane.roe+x@mail.example.org!')).toEqual(['e-mail jane.roe+x@mail.example.org']);
    expect(found('https://a.example.org/p?q=1&t=2#f then')).toEqual(['url q=1&t=2#f']);
    expect(found('http://me:pw@a.example.org/')).toContain('secret me:pw');
    expect(found('--api-key=abcd1234 password: hunter2')).toEqual(['secret abcd1234', 'secret hunter2']);
    expect(found('\\\\FILESERVER\\share\\a.dll')).toEqual(['host FILESERVER']);
    expect(found('http://10.1.2.3:8080/')).toEqual(['host 10.1.2.3']);
  });

  it('are not versions, symbols or times', () => {
    expect(found('10.0.19041.1', '?f@C@@QAEXXZ', 'operator@2.1', 'std::vector<int>::at', '12:30:00')).toEqual([]);
  });

  it('are whole values of annotations about a person, and nothing of the others', () => {
    const annotations = [
      { name: 'user_name', value: 'Minka' },
      { name: 'URL', value: 'about:blank' },
      { name: 'version', value: '7.1.2' },
    ];
    const kinds = findPrivateStrings({ texts: [], annotations }).map(({ text }) => text);
    expect(kinds.sort()).toEqual(['Minka', 'about:blank']);
  });

  it('are removed everywhere, a name only as a word', () => {
    const remove = remover(findPrivateStrings({ texts: ['/home/ann/x', 'a@b.example.org'], annotations: [] }));
    expect(remove('/home/ann/channel Ann annex a@b.example.org')).toBe('/home/[user]/channel [user] annex [e-mail]');
    expect(remover([])('as it is $1')).toBe('as it is $1');
  });
});

const walk = {
  status: 'OK',
  crash_info: { type: 'SIGSEGV', address: '0x1c', crashing_thread: 0 },
  threads: [
    {
      frames: [
        {
          frame: 0,
          module: 'app',
          function: 'work<script>alert(1)</script>',
          file: '/home/ann/a.c',
          line: 3,
          trust: 'context',
        },
      ],
      frame_count: 1,
      thread_name: 'main',
    },
    { frames: [{ frame: 0, module: 'app', function: 'other', trust: 'scan' }], frame_count: 1 },
  ],
  modules: [{ filename: 'app', version: '1.0', debug_id: 'ABC', base_addr: '0x1000', end_addr: '0x2000' }],
};

describe('a report to share', () => {
  const stack = readStackReport(walk);
  const whole = {
    title: 'ann.dmp',
    stack: stack ?? raise(),
    annotations: [
      { name: 'command_line', value: '/home/ann/app --secret' },
      { name: 'comment', value: 'I pressed a key' },
      { name: 'channel', value: 'beta' },
    ],
    remove: (text: string) => text,
    madeAt: new Date('2026-11-23T10:00:00Z'),
  };

  it('is one file without a script, a link or an address', () => {
    const html = htmlReport({ ...whole, parts: new Set(reportParts) });
    expect(html).toContain('work&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toMatch(/<script|https?:|src=|href=/);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('I pressed a key');
  });

  it('holds only the parts that were wanted', () => {
    const html = htmlReport({ ...whole, parts: new Set(['annotations']) });
    expect(html).toContain('beta');
    for (const left of ['I pressed', '--secret', 'Other threads', 'Debug id']) expect(html, left).not.toContain(left);
  });

  it('has a name that every file system takes', () => {
    expect(exportName('a/b:c.dmp', 'json')).toBe('a_b_c.json');
    expect(exportName('', 'txt')).toBe('dump.txt');
  });
});

function raise(): never {
  throw new Error('no stack');
}
