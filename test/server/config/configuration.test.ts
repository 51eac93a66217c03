import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfigFile } from '../../../server/src/config/config-file.js';
import { Configuration } from '../../../server/src/config/configuration.js';

const schema = z.strictObject({
  size: z.number().default(1).describe('How large.'),
  isLoud: z.boolean().default(false),
  names: z.array(z.string()).default([]),
  secret: z.string().optional().meta({ secret: true }),
  inner: z.strictObject({ maxDepth: z.number().default(3) }).prefault({}),
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faultline-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(
  yaml: string,
  environment: Record<string, string> = {},
  set: Record<string, string> = {},
): Promise<Configuration> {
  const file = path.join(folder, 'faultline.yaml');
  await writeFile(file, yaml);
  const overrides = Object.entries(set).map(([name, text]) => ({ name, text, option: '--set' }));
  return new Configuration({ file: await readConfigFile(file), environment, overrides });
}

describe('a setting', () => {
  it('comes from the strongest layer that has it, and says from where', async () => {
    const yaml = 'my-plugin:\n  size: 2\n  names: [a]\n  inner:\n    maxDepth: 4\n';
    const environment = { FAULTLINE_MY_PLUGIN_SIZE: '3', FAULTLINE_MY_PLUGIN_IS_LOUD: 'yes' };
    const configuration = await load(yaml, environment, { 'my-plugin.size': '5' });
    const { value, settings } = configuration.section('my-plugin', schema);
    expect(value).toEqual({ size: 5, isLoud: true, names: ['a'], inner: { maxDepth: 4 } });
    expect(settings.map(({ name, source }) => [name, source])).toEqual([
      ['my-plugin.size', 'command line'],
      ['my-plugin.isLoud', 'environment'],
      ['my-plugin.names', 'file'],
      ['my-plugin.secret', 'default'],
      ['my-plugin.inner.maxDepth', 'file'],
    ]);
    expect(settings[4]?.place).toMatch(/faultline\.yaml, line 5$/);
    expect(settings[0]?.description).toBe('How large.');
    expect(settings[3]?.isSecret).toBe(true);
  });

  it('given as text becomes what the schema wants', async () => {
    const texts = { 'p.names': 'a, b', 'p.inner.maxDepth': '7', 'p.secret': '123', 'p.isLoud': 'off' };
    const { value } = (await load('', {}, texts)).section('p', schema);
    expect(value).toEqual({ size: 1, isLoud: false, names: ['a', 'b'], inner: { maxDepth: 7 }, secret: '123' });
    expect((await load('', {}, { 'p.names': '["a,b"]' })).section('p', schema).value.names).toEqual(['a,b']);
  });

  it('can not be changed by who reads it', async () => {
    const { value } = (await load('')).section('p', schema);
    expect(() => value.names.push('x')).toThrow(TypeError);
  });

  it.each([
    ['p:\n  size: large\n', /line 2: `p\.size` is not valid: .*number/],
    ['p:\n  inner:\n    maxDepht: 1\n', /line 3: there is no setting `p\.inner\.maxDepht`\. Did you mean "maxDepth"\?/],
    ['p: 7\n', /line 1: `p` is not valid/],
  ])('that is wrong is named with its line: %j', async (yaml, message) => {
    const configuration = await load(yaml);
    expect(() => configuration.section('p', schema)).toThrow(message);
  });

  it('that is wrong in a variable is named with the variable', async () => {
    const configuration = await load('', { FAULTLINE_P_SIZE: 'large' });
    expect(() => configuration.section('p', schema)).toThrow(/FAULTLINE_P_SIZE: `p\.size`/);
  });
});

it('a section with nothing in it, or absent, is all defaults', async () => {
  expect((await load('p:\n')).section('p', schema).value).toMatchObject({ size: 1, inner: { maxDepth: 3 } });
  expect((await load('')).section('p', schema).value).toMatchObject({ size: 1, inner: { maxDepth: 3 } });
});

it('variables that set nothing are told', async () => {
  const configuration = await load('', {
    FAULTLINE_P_SIZE: '1',
    FAULTLINE_P_SIEZ: '2',
    FAULTLINE_DATA: '/x',
    HOME: '/',
  });
  configuration.section('p', schema);
  expect(configuration.unusedVariables()).toEqual(['FAULTLINE_P_SIEZ']);
});

it.each([
  ['a: 1\na: 2\n', /line 2, column 1: .*unique/],
  ['a: [1, 2\n', /line \d+, column \d+: /],
  ['- a\n- b\n', /line 1, column 1: /],
  ['a:\n\t- b\n', /line 2, column 1: /],
])('YAML that can not be read is told by line and column: %j', async (yaml, message) => {
  await expect(load(yaml)).rejects.toThrow(message);
});

it('aliases that multiply are refused, not unfolded', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}*l${level}]`,
  );
  const yaml = `l0: &l0 [x]\n${levels.join('\n')}\n`;
  await expect(load(yaml)).rejects.toMatchObject({ code: 'CONFIG_SYNTAX' });
});
