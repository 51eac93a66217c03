import type { FieldDefinition, JsonValue } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { ContributionRegistry } from '../../../server/src/services/contribution-registry.js';
import { ContributedFieldDictionary } from '../../../server/src/services/field-dictionary.js';

function dictionary(...fields: (Partial<FieldDefinition> & { id: string })[]) {
  const registry = new ContributionRegistry<FieldDefinition>('FieldDefinition');
  const add = (field: Partial<FieldDefinition> & { id: string }) =>
    registry.add('test', { title: '', type: 'string', description: '', permission: 'public', ...field });
  for (const field of fields) add(field);
  return { fields: new ContributedFieldDictionary(registry), add };
}

describe('what somebody without view_pii sees', () => {
  it('is what a public field declares; all else is removed', () => {
    const { fields } = dictionary({ id: 'product' }, { id: 'email', permission: 'protected' });
    const document = { product: 'Paint', email: 'a@b', undeclared: 1, missing: undefined };
    expect(fields.redact(document, false)).toEqual({ product: 'Paint' });
    expect(fields.redact(document, true)).toEqual({ product: 'Paint', email: 'a@b', undeclared: 1 });
  });

  it('of an undeclared object is what public fields name by their path', () => {
    const { fields } = dictionary({ id: 'cpu', path: 'walk.system.cpu' });
    const walk = { system: { cpu: 'arm64', serial: 'X1' }, memory: 'private' };
    expect(fields.redact({ walk }, false)).toEqual({ walk: { system: { cpu: 'arm64' } } });
    expect(fields.redact({ walk: 'text' }, false)).toEqual({});
  });

  it('of a public object lacks what protected fields name by their path, in lists too', () => {
    const { fields } = dictionary(
      { id: 'walk' },
      { id: 'registers', path: 'walk.threads.registers', permission: 'protected' },
    );
    const walk: JsonValue = { threads: [{ name: 'main', registers: { rax: '1' } }, { name: 'io' }] };
    expect(fields.redact({ walk }, false)).toEqual({ walk: { threads: [{ name: 'main' }, { name: 'io' }] } });
  });

  it('is the stricter of two fields that read one key', () => {
    const { fields } = dictionary({ id: 'url', permission: 'protected' }, { id: 'host', path: 'url' });
    expect(fields.redact({ url: 'https://example.org' }, false)).toEqual({});
  });

  it('keeps a hostile name from becoming the prototype of the answer', () => {
    const { fields } = dictionary({ id: '__proto__' });
    const document = JSON.parse('{"__proto__": {"isAdmin": true}}') as Record<string, never>;
    const shown = fields.redact(document, false);
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
    expect(Object.keys(shown)).toEqual(['__proto__']);
  });
});

it('the hash changes with any definition, not with their order, and new fields are seen at once', () => {
  const one = dictionary({ id: 'a' }, { id: 'b' });
  const other = dictionary({ id: 'b' }, { id: 'a' });
  const before = one.fields.hash();
  expect(other.fields.hash()).toBe(before);
  const remove = one.add({ id: 'c' });
  expect(one.fields.hash()).not.toBe(before);
  expect(one.fields.all().map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  remove();
  expect(one.fields.hash()).toBe(before);
});
