import { describe, expect, it } from 'vitest';
import { breadcrumbsRule } from '../../../plugins/rules/src/rules/breadcrumbs-rule.js';
import { javaRule } from '../../../plugins/rules/src/rules/java-rule.js';
import { moduleUrlsRule } from '../../../plugins/rules/src/rules/module-urls-rule.js';
import { pluginProcessRule } from '../../../plugins/rules/src/rules/plugin-process-rule.js';
import { threadsRule } from '../../../plugins/rules/src/rules/threads-rule.js';
import { run } from './rule-input.js';

describe('javaRule', () => {
  it.each([
    ['a message of two lines', 'a.B: secret\nmore\n\tat a.B.c(B.java:1)\n', 'a.B\n\tat a.B.c(B.java:1)'],
    [
      'a cause',
      'a.B: x\n\tat a.B.c(B.java:1)\nCaused by: a.D: secret\n\tat a.D.e(D.java:2)',
      'a.B\n\tat a.B.c(B.java:1)',
    ],
    [
      'a suppressed one',
      'a.B\n\tat a.B.c(B.java:1)\n\tSuppressed: a.D: secret\n\t\tat a.D.e(D.java:2)',
      'a.B\n\tat a.B.c(B.java:1)',
    ],
    [
      'causes in a circle',
      'a.B: x\n\tat a.B.c(B.java:1)\nCaused by: a.D: x\n\t[CIRCULAR REFERENCE: a.B: secret]',
      'a.B\n\tat a.B.c(B.java:1)',
    ],
    ['lines of Windows', 'a.B: x\r\n\tat a.B.c(B.java:1)\r\n', 'a.B\n\tat a.B.c(B.java:1)'],
    ['no frames', 'java.lang.OutOfMemoryError: secret', 'java.lang.OutOfMemoryError'],
  ])('keeps class and frames, and no message, of %s', async (_case, trace, shown) => {
    const { patch, notes } = await run(javaRule, { annotations: { JavaStackTrace: trace } });
    expect(patch).toEqual({ java_stack_trace: shown, java_stack_trace_raw: trace });
    expect(notes).toEqual([]);
  });

  it.each(['my secret', 'a.B: x\n\tat a.B.c(B.java:1)\n  at a.D.e(D.java:2)', 'a.B: x\nno frames, two lines'])(
    'calls %j malformed, without quoting it',
    async (trace) => {
      const { patch, notes } = await run(javaRule, { annotations: { JavaStackTrace: trace } });
      expect(patch['java_stack_trace']).toBe('malformed');
      expect(notes).toEqual(['JavaStackTrace: malformed JavaStackTrace']);
    },
  );

  it('keeps what is known of an exception, given as text or as an object', async () => {
    const frame = { module: 'a.B', function: 'c', filename: 'B.java', lineno: 1, in_app: true };
    const trace = { type: 'E', module: 'a', value: 'secret', frames: [frame] };
    const clean = { exception: { values: [{ stacktrace: trace }] } };
    const given = {
      user: 'x',
      exception: { values: [{ stacktrace: { ...trace, more: 'y', frames: [{ ...frame, vars: {} }] } }] },
    };
    for (const JavaException of [given, JSON.stringify(given)]) {
      expect(await run(javaRule, { annotations: { JavaException } })).toMatchObject({
        patch: { java_exception: clean },
      });
    }
  });

  it.each([
    ['{', 'value is malformed json'],
    ['[]', 'value is malformed exception'],
    [5, 'value is malformed exception'],
  ])('notes the exception %j', async (JavaException, problem) => {
    const { patch, notes } = await run(javaRule, { annotations: { JavaException } });
    expect({ patch, notes }).toEqual({ patch: {}, notes: [`JavaException ${problem}`] });
  });
});

describe('breadcrumbsRule', () => {
  const crumb = { timestamp: 't', type: 'Default', category: 'c', level: 'Info', message: 'm', data: { k: 'v' } };
  it.each([
    ['a list', JSON.stringify([crumb])],
    ['a list under "values"', JSON.stringify({ values: [crumb] })],
    ['a real list', [crumb]],
  ])('takes %s', async (_case, Breadcrumbs) => {
    expect((await run(breadcrumbsRule, { annotations: { Breadcrumbs } })).patch).toEqual({ breadcrumbs: [crumb] });
  });

  it.each(['[{', '"text"', '[{"message":5}]', '[{"data":{"k":{}}}]', '[null]', '5'])(
    'leaves out %j with a note that does not quote it',
    async (Breadcrumbs) => {
      const { patch, notes } = await run(breadcrumbsRule, { annotations: { Breadcrumbs } });
      expect(patch).toEqual({});
      expect(notes[0]).toMatch(/^Breadcrumbs: malformed/);
    },
  );

  it('keeps the newest thousand', async () => {
    const Breadcrumbs = Array.from({ length: 1200 }, (_, index) => ({ message: String(index) }));
    const { patch, notes } = await run(breadcrumbsRule, { annotations: { Breadcrumbs } });
    expect(patch['breadcrumbs']).toHaveLength(1000);
    expect(patch['breadcrumbs']).toContainEqual({ message: '1199' });
    expect(notes).toHaveLength(1);
  });
});

describe('moduleUrlsRule', () => {
  it.each([
    ['http://localhost:8000/a.sym', null],
    ['http://127.0.0.1/a.sym', null],
    ['/home/me/symbols/a.sym', null],
    ['https://user:secret@symbols.example/a/b.sym?token=secret#x', 'https://symbols.example/a/b.sym'],
    [null, null],
  ])('makes %j into %j', async (symbol_url, shown) => {
    const modules = [
      { filename: 'a', symbol_url },
      { filename: 'b', symbol_url: 'https://s.example/b' },
    ];
    const { patch, notes } = await run(moduleUrlsRule, { json: { modules, pid: 1 } });
    expect(patch['json_dump']).toEqual({
      pid: 1,
      modules: [
        { filename: 'a', symbol_url: shown },
        { filename: 'b', symbol_url: 'https://s.example/b' },
      ],
    });
    expect(notes).toEqual(symbol_url !== null && shown === null ? ['Redacting symbol url for module a'] : []);
  });
});

describe('pluginProcessRule', () => {
  it('names the plugin of plugin processes only', async () => {
    const annotations = { PluginName: 'P', PluginVersion: '1' };
    const plugin = await run(pluginProcessRule, { annotations, processed: { process_type: 'plugin' } });
    expect(plugin.patch).toEqual({ plugin_filename: '', plugin_name: 'P', plugin_version: '1' });
    expect((await run(pluginProcessRule, { annotations, processed: { process_type: 'parent' } })).applied).toBe(false);
  });
});

describe('threadsRule', () => {
  it.each([
    ['-v', { mac_boot_args: '-v', has_mac_boot_args: true }],
    ['  ', { mac_boot_args: undefined, has_mac_boot_args: undefined }],
  ])('takes boot arguments %j', async (mac_boot_args, expected) => {
    expect((await run(threadsRule, { json: { mac_boot_args } })).patch).toMatchObject(expected);
  });
});
