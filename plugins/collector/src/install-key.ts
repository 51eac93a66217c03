import { createHmac } from 'node:crypto';
import type { Random, StateStore } from '@faultline/sdk';

const key = ['collector', 'install-secret'] as const;

/**
 * Makes keys of installations: the same client gives the same key, and nobody outside can turn it back. The secret
 * is made once and kept in the state store.
 */
export async function loadInstallKey(
  state: StateStore,
  random: Random,
): Promise<(product: string, client: string) => string> {
  let entry = await state.get<{ secret: string }>(key);
  if (entry === null) {
    const secret = Buffer.from(random.bytes(32)).toString('hex');
    await state.compareAndSet(key, 0, { secret });
    entry = await state.get<{ secret: string }>(key);
  }
  const secret = entry?.value.secret ?? '';
  return (product, client) =>
    createHmac('sha256', secret).update(product).update('\0').update(client).digest('hex').slice(0, 32);
}
