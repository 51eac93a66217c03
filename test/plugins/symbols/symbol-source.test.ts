import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PluginManifest } from '@faultline/sdk';
import { createSymbolProvider } from '@faultline/plugin-symbols/sources';
import { describe, expect, it } from 'vitest';
import { SymbolsConfig } from '../../../plugins/symbols/src/config.js';
import { optionsForProduct, walkerOptions } from '../../../plugins/symbols/src/walker-options.js';

const folder = fileURLToPath(new URL('../../../plugins/symbols', import.meta.url));

describe('the symbols plugin', () => {
  it('has a manifest that the host takes, whose modules have sources', () => {
    const { faultline } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { faultline: unknown };
    const manifest = PluginManifest.parse(faultline);
    const modules = [manifest.entry ?? '', ...manifest.contributes.CliCommand.map((command) => command.module)];
    for (const module of modules) {
      expect(existsSync(path.join(folder, module.replace('dist', 'src').replace(/js$/, 'ts')))).toBe(true);
    }
  });

  it('gives walkers the store of uploads first, then the configured folders, as plain JSON', async () => {
    const config = SymbolsConfig.parse({ paths: ['own', '/elsewhere'], urls: ['https://symbols.example.org/'] });
    const options = walkerOptions(config, { dataFolder: '/data', cacheFolder: '/data/cache/symbols' });
    expect(options.paths).toEqual(
      ['/data/symbols', '/data/symbols-try', '/data/own', '/elsewhere'].map((each) => path.resolve(each)),
    );
    expect(JSON.parse(JSON.stringify(options))).toEqual(options);
    await createSymbolProvider({ ...options, cacheFolder: null, indexFolder: null, urls: [] }).close();
  });

  it('asks the servers of a product before the others, with their credentials', () => {
    const config = SymbolsConfig.parse({
      urls: ['https://symbols.example.org/'],
      credentials: { 'inner.example.org': { headers: { 'Auth-Token': 'secret' } } },
    });
    const options = walkerOptions(config, { dataFolder: '/data', cacheFolder: '/data/cache/symbols' });
    const servers = ['https://inner.example.org/', 'https://symbols.example.org/'];
    const own = optionsForProduct(options, servers, config);
    expect(own?.upstreams.map(({ url }) => url)).toEqual(servers);
    expect(own?.upstreams[0]?.headers).toEqual({ 'Auth-Token': 'secret' });
    expect({ ...own, upstreams: [] }).toEqual({ ...options, upstreams: [] });
    expect(optionsForProduct(options, [], config)).toBeNull();
  });

  it.each([{ urls: ['ftp://x'] }, { timeout: 1 }, { buildThreads: 0 }, { unknown: 1 }])(
    'refuses the setting %j',
    (config) => {
      expect(SymbolsConfig.safeParse(config).success).toBe(false);
    },
  );
});
