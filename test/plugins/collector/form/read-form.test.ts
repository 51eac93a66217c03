import { expect, it } from 'vitest';
import { BodyBudget } from '../../../../plugins/collector/src/body-budget.js';
import { FormReader } from '../../../../plugins/collector/src/form/read-form.js';

it('reads an annotation that arrives byte by byte', async () => {
  const value = Array.from({ length: 5000 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
  const body = Buffer.from(`--B\r\nContent-Disposition: form-data; name="A"\r\n\r\n${value}\r\n--B--\r\n`);
  async function* bytes(): AsyncGenerator<Buffer> {
    for (let at = 0; at < body.length; at += 1) yield await Promise.resolve(body.subarray(at, at + 1));
  }
  const limits = { maxParts: 10, maxAnnotationSize: 10_000, maxJsonSize: 10_000 };
  const reader = new FormReader(() => Promise.reject(new Error('no part')), limits, new BodyBudget(1_000_000));
  expect((await reader.read(bytes(), 'B')).annotations.get('A')).toBe(value);
});
