/**
 * Files sealed with a passphrase: AES-256-GCM under a key of scrypt. A sealed file is 8 bytes of name, 12 of nonce, the
 * encrypted bytes, 16 of tag. Nothing of a file whose tag is wrong is kept.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FaultlineError } from '@faultline/sdk/errors';

const magic = Buffer.from('FLSEAL01');
const nonceLength = 12;
const tagLength = 16;
/** 32 MB and about a tenth of a second; the key is made once for a backup. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

export function keyOf(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, 32, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

export async function sealFile(from: string, to: string, key: Buffer): Promise<void> {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const framed = new Transform({
    transform: (chunk: Buffer, _, done) => done(null, chunk),
    flush(done) {
      done(null, cipher.getAuthTag());
    },
  });
  framed.push(Buffer.concat([magic, nonce]));
  await pipeline(
    createReadStream(from),
    cipher,
    framed,
    createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }),
  );
}

/** Throws `PermissionDenied BACKUP_PASSPHRASE_WRONG` when it does not open; nothing is left at `to` then. */
export async function openSealed(from: string, to: string, key: Buffer): Promise<void> {
  const { size } = await stat(from);
  const ends = size - tagLength;
  const head = magic.length + nonceLength;
  if (ends < head) throw wrong();
  const handle = await open(from, 'r');
  const front = Buffer.alloc(head);
  const tag = Buffer.alloc(tagLength);
  try {
    await handle.read(front, 0, head, 0);
    await handle.read(tag, 0, tagLength, ends);
  } finally {
    await handle.close();
  }
  if (!front.subarray(0, magic.length).equals(magic)) throw wrong();
  const decipher = createDecipheriv('aes-256-gcm', key, front.subarray(magic.length));
  decipher.setAuthTag(tag);
  try {
    const sealed = ends === head ? [] : createReadStream(from, { start: head, end: ends - 1 });
    await pipeline(sealed, decipher, createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }));
  } catch (cause) {
    await rm(to, { force: true });
    throw wrong(cause);
  }
}

function wrong(cause?: unknown): FaultlineError {
  return new FaultlineError('PermissionDenied', 'BACKUP_PASSPHRASE_WRONG', 'The passphrase does not open the backup.', {
    hint: 'Give the file with the passphrase that it was made with; if it is the right one, the backup is damaged.',
    cause,
  });
}
