import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../../plugins/backup/src/config-secrets.ts';
import { keyOf, openSealed, sealFile } from '../../../plugins/backup/src/sealed-file.ts';

describe('A sealed file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'faultline-seal-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([0, 300_000])('of %i bytes opens with its passphrase, and with no other', async (size) => {
    const [plain, sealed, opened] = ['plain', 'sealed', 'opened'].map((name) => path.join(folder, name));
    if (plain === undefined || sealed === undefined || opened === undefined) throw new Error('three names');
    const bytes = randomBytes(size);
    const salt = randomBytes(16);
    await writeFile(plain, bytes);
    await sealFile(plain, sealed, await keyOf('open sesame', salt));
    expect((await readFile(sealed)).length).toBe(size + 36);
    await openSealed(sealed, opened, await keyOf('open sesame', salt));
    expect(Buffer.compare(await readFile(opened), bytes)).toBe(0);
    await rm(opened);
    for (const [passphrase, otherSalt] of [
      ['open barley', salt],
      ['open sesame', randomBytes(16)],
    ] as const) {
      const opening = openSealed(sealed, opened, await keyOf(passphrase, otherSalt));
      await expect(opening).rejects.toMatchObject({ code: 'BACKUP_PASSPHRASE_WRONG' });
      expect(existsSync(opened)).toBe(false);
    }
  });

  it('that was changed by one bit, or cut off, does not open', async () => {
    const [plain, sealed, opened] = [path.join(folder, 'p'), path.join(folder, 's'), path.join(folder, 'o')] as const;
    const key = await keyOf('open sesame', randomBytes(16));
    await writeFile(plain, 'the secret');
    await sealFile(plain, sealed, key);
    const whole = await readFile(sealed);
    const flipped = Buffer.from(whole);
    flipped[25] = (flipped[25] ?? 0) ^ 1;
    for (const damaged of [flipped, whole.subarray(0, -1), whole.subarray(0, 10), Buffer.alloc(0)]) {
      await writeFile(sealed, damaged);
      await expect(openSealed(sealed, opened, key)).rejects.toMatchObject({ code: 'BACKUP_PASSPHRASE_WRONG' });
      expect(existsSync(opened)).toBe(false);
    }
  });
});

describe('A configuration without its secrets', () => {
  it('keeps the rest, comments and all', () => {
    const yaml = `# mine
server:
  port: 7070 # fixed
access:
  oidc:
    clientSecret: hush
    issuer: https://id.example.org
collector:
  submitKeys:
    Teapot:
    - one
    - two
  minFreeSpace: 0
trackers:
  - name: a
    token: >
      hush
      hush
    url: https://me:hush@example.org/x
`;
    expect(withoutSecrets(yaml)).toBe(`# mine
server:
  port: 7070 # fixed
access:
  oidc:
    # clientSecret: (left out of the backup)
    issuer: https://id.example.org
collector:
  # submitKeys: (left out of the backup)
  minFreeSpace: 0
trackers:
  - name: a
    # token: (left out of the backup)
    url: https://example.org/x
`);
  });

  it('leaves out a list that stands as far out as its key', () => {
    expect(withoutSecrets('a:\n  passwords:\n  - hush\n  - hush\n  b: 1\n')).toBe(
      'a:\n  # passwords: (left out of the backup)\n  b: 1\n',
    );
  });
});
