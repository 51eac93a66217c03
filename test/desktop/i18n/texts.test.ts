import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { baseCompile } from '@intlify/message-compiler';
import { describe, expect, it } from 'vitest';

const renderer = fileURLToPath(new URL('../../../desktop/renderer/src/', import.meta.url));

const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' });

/** Every text of a language: its full key (`inbox.empty.title`) and its message. */
function textsOf(language: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const file of files.filter((name) => name.endsWith(`/texts.${language}.json`))) {
    const area = path.dirname(file).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    collect(JSON.parse(readFileSync(path.join(renderer, file), 'utf8')), area, texts);
  }
  return texts;
}

function collect(value: unknown, key: string, texts: Map<string, string>): void {
  if (typeof value === 'string') texts.set(key, value);
  else for (const [name, inner] of Object.entries(value as object)) collect(inner, `${key}.${name}`, texts);
}

/** Names of the placeholders of a message, in the order of the alphabet. */
function placeholders(message: string): string[] {
  return [...new Set([...message.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))].sort();
}

const english = textsOf('en');
const german = textsOf('de');
const sources = files
  .filter((name) => /\.(ts|vue)$/.test(name))
  .map((file) => readFileSync(path.join(renderer, file), 'utf8'))
  .join('\n');
const areas = new Set([...english.keys()].map((key) => key.split('.')[0] ?? ''));

describe('the texts of the screens', () => {
  it('stand in both languages under the same keys, with the same placeholders', () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, message] of english) {
      expect({ key, names: placeholders(german.get(key) ?? '') }).toEqual({ key, names: placeholders(message) });
    }
  });

  it('are well-formed messages', () => {
    const broken: string[] = [];
    for (const [key, message] of [...english, ...german]) {
      baseCompile(message, { onError: (error) => broken.push(`${key}: ${error.message}`) });
    }
    expect(broken).toEqual([]);
  });

  it('are each shown by some screen', () => {
    const unused = [...english.keys()].filter((key) => !sources.includes(`'${key}'`) && !sources.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  it('are all there that the screens ask for', () => {
    const asked = [...sources.matchAll(/\bt\(\s*'([\w.]+)'|keypath="([\w.]+)"/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((key) => !english.has(key))).toEqual([]);
    // In tables. Names of two parts are also events, slots and commands: those `t` itself is called with, above.
    const named = [...sources.matchAll(/'([a-z]\w*)((?:\.\w+){2,})'/gi)].filter((match) => areas.has(match[1] ?? ''));
    const missing = named.map((match) => `${match[1]}${match[2]}`).filter((key) => !english.has(key));
    expect([...new Set(missing)].filter((key) => !/\.(js|json|ts|vue|css|svg)$/.test(key))).toEqual([]);
  });
});
