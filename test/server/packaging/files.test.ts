/** What people copy from packaging/: read, since no Docker engine and no systemd runs here. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CollectorConfig } from '../../../plugins/collector/src/config.js';
import { SymbolsConfig } from '../../../plugins/symbols/src/config.js';
import { ownCommands } from '../../../server/src/cli/command-table.js';

const read = (name: string): string => readFileSync(path.join('packaging', name), 'utf8');

interface Instruction {
  word: string;
  rest: string;
}

/** Instructions of a Dockerfile, with their continued lines joined. */
function instructions(text: string): Instruction[] {
  const joined = text
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, ' ');
  return joined
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [word = '', ...rest] = line.trim().split(/\s+/);
      return { word, rest: rest.join(' ') };
    });
}

describe('the Dockerfile', () => {
  const all = instructions(read('docker/Dockerfile'));
  const of = (word: string): string[] => all.filter((one) => one.word === word).map(({ rest }) => rest);

  it('has only instructions that there are, and begins with the image it is made of', () => {
    const known = 'FROM WORKDIR COPY RUN ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD'.split(' ');
    expect(all.filter(({ word }) => !known.includes(word))).toEqual([]);
    expect(all[0]?.word).toBe('FROM');
    for (const rest of of('FROM')) expect(rest).toMatch(/^node:\d+-\w+-slim( AS \w+)?$/);
  });

  it('copies only from stages and files that there are', () => {
    const stages = of('FROM').flatMap((rest) => / AS (\w+)$/.exec(rest)?.[1] ?? []);
    for (const rest of of('COPY')) {
      const from = /--from=(\w+)/.exec(rest)?.[1];
      if (from !== undefined) expect(stages).toContain(from);
    }
    for (const rest of of('RUN')) {
      for (const [, file = ''] of rest.matchAll(/node (packaging\/\S+)/g))
        expect(() => readFileSync(file)).not.toThrow();
    }
  });

  it('runs as nobody special, with its words in JSON, so that signals reach the server', () => {
    const last = all.findLastIndex(({ word }) => word === 'FROM');
    expect(all.slice(last).find(({ word }) => word === 'USER')?.rest).toBe('node');
    for (const word of ['ENTRYPOINT', 'CMD']) {
      for (const rest of of(word)) expect(JSON.parse(rest)).toBeInstanceOf(Array);
    }
    const [check = ''] = of('HEALTHCHECK');
    const words = JSON.parse(check.slice(check.indexOf('['))) as string[];
    expect(() => new Function(words[2] ?? 'no program')).not.toThrow();
  });
});

describe('the systemd units', () => {
  it('are the same for all roles as for one, but for the role', () => {
    const settings = (name: string) =>
      read(`systemd/${name}`)
        .split('\n')
        .filter(
          (line) => /^[A-Z]\w+=/.test(line) && !/^(Description|PartOf|EnvironmentFile|ExecStart|WantedBy)/.test(line),
        );
    expect(settings('faultline@.service')).toEqual(settings('faultline.service'));
  });
});

describe('the limits of the proxies', () => {
  it('are those of the server', () => {
    const collector = CollectorConfig.parse({});
    const symbols = SymbolsConfig.parse({});
    const units = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
    const sizes = (text: string, pattern: RegExp): number[] =>
      [...text.matchAll(pattern)].map(([, count = '', unit = '']) => {
        return Number(count) * (units[unit.toLowerCase() as keyof typeof units] ?? 1);
      });
    const wanted = [collector.maxBodySize, symbols.upload.maxSize];
    expect(sizes(read('proxy/nginx.conf'), /client_max_body_size (\d+)([kmg]);/g).slice(1)).toEqual(wanted);
    expect(sizes(read('proxy/Caddyfile'), /max_size (\d+)([KMG])iB/g).slice(0, 2)).toEqual(wanted);
  });
});

describe("the operator's guide", () => {
  const pages = readdirSync(path.join('packaging', 'guide'));

  it('names only commands that there are', () => {
    const ids = [
      ...ownCommands.map(({ id }) => id),
      ...readdirSync('plugins').flatMap((plugin) => commandsOf(`plugins/${plugin}/package.json`)),
    ];
    const unknown: string[] = [];
    for (const page of pages) {
      for (const [, words = ''] of read(`guide/${page}`).matchAll(
        /(?:^|`|\$ |sudo -u faultline )faultline ([a-z][a-z -]*)/gm,
      )) {
        const isKnown = ids.some((id) => `${words} `.startsWith(`${id} `));
        if (!isKnown) unknown.push(`${page}: ${words}`);
      }
    }
    expect(pages.length).toBeGreaterThan(8);
    expect(unknown).toEqual([]);
  });
});

function commandsOf(file: string): string[] {
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
      faultline?: { contributes?: { CliCommand?: { id: string }[] } };
    };
    return manifest.faultline?.contributes?.CliCommand?.map(({ id }) => id) ?? [];
  } catch {
    // A README stands among the folders.
    return [];
  }
}
