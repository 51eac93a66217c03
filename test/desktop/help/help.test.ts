import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiOperations, tryAddress } from '../../../desktop/renderer/src/help/api-operations.js';
import { articleNames } from '../../../desktop/renderer/src/help/articles.js';
import { helpFinder } from '../../../desktop/renderer/src/help/find-help.js';
import { sectionsOf } from '../../../desktop/renderer/src/help/help-sections.js';
import { htmlOf } from '../../../desktop/renderer/src/help/markdown.js';

const folder = new URL('../../../desktop/renderer/src/help/articles/', import.meta.url);
const text = (language: string, name: string): string =>
  readFileSync(new URL(`${language}/${name}.md`, folder), 'utf8');

describe('the articles of the help', () => {
  it('stand in both languages, with the same headings in number, and link only to places that are there', () => {
    const routes = readFileSync(new URL('../../../desktop/renderer/src/routes.ts', import.meta.url), 'utf8');
    for (const language of ['en', 'de']) {
      expect(readdirSync(new URL(`${language}/`, folder)).sort()).toEqual(
        articleNames.map((name) => `${name}.md`).sort(),
      );
    }
    for (const name of articleNames) {
      const headings = (language: string) => text(language, name).match(/^##? /gm)?.length;
      expect(headings('de')).toBe(headings('en'));
      for (const [, path = ''] of text('en', name).matchAll(/\]\(\/([a-z/-]+)/g)) {
        const [first = '', second = ''] = path.split('/');
        expect(routes).toContain(`'/${first}'`);
        if (first === 'help') expect(articleNames).toContain(second);
        else if (second !== '') expect(routes).toContain(`'${second}'`);
      }
    }
  });

  it('are found by the beginnings of words, titles first', () => {
    const sections = articleNames.flatMap((name) => sectionsOf(text('en', name), { of: name, path: `/help/${name}` }));
    const find = helpFinder(sections);
    expect(find('regul express')[0]).toMatchObject({ path: '/help/search#conditions' });
    expect(find('facets')[0]).toMatchObject({ title: 'Facets and the histogram' });
    expect(find('nosuchwordatall')).toEqual([]);
    expect(sections.every((section) => !/[|`]|\]\(/.test(section.text))).toBe(true);
  });

  it('become HTML with anchors, whose links know the base path', () => {
    const html = htmlOf('# Top\n\n## When it *says* less\n\n[Inbox](/inbox)', (path) => `/base${path}`);
    expect(html).toContain('<h2 id="when-it-says-less">When it <em>says</em> less</h2>');
    expect(html).toContain('<a href="/base/inbox">Inbox</a>');
  });
});

describe('the API reference', () => {
  const document = {
    paths: {
      '/api/v1/groups/{id}': {
        get: {
          operationId: 'groups/show',
          summary: 'One group',
          tags: ['reports'],
          security: [{ token: [] }],
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'size', in: 'query', schema: { enum: ['few', 'many'] } },
          ],
          responses: { 200: { content: { 'application/json': { schema: { type: 'object' } } } } },
        },
      },
      '/api/v1/banner': { delete: { operationId: 'banner/take-down', tags: ['banner'] } },
    },
  };

  it('lists operations by plugin with their parameters', () => {
    const operations = apiOperations(document);
    expect(operations.map(({ id, method, isOpen }) => `${method} ${id} ${isOpen}`)).toEqual([
      'DELETE banner/take-down true',
      'GET groups/show false',
    ]);
    expect(operations[1]?.parameters[1]).toMatchObject({ name: 'size', required: false, shape: 'few | many' });
  });

  it('puts values into the address as they must be written there', () => {
    const [, show] = apiOperations(document);
    if (show === undefined) throw new Error('There is no such operation.');
    expect(tryAddress(show, { id: 'a/b?c', size: '' })).toBe('/api/v1/groups/a%2Fb%3Fc');
    expect(tryAddress(show, { id: 'x', size: 'few' })).toBe('/api/v1/groups/x?size=few');
  });

  it('shows nothing for a document that is none', () => {
    for (const odd of [null, 'text', { paths: 3 }, { paths: { '/a': { get: null } } }]) {
      expect(() => apiOperations(odd)).not.toThrow();
    }
  });
});
