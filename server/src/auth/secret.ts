import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '@faultline/sdk';

/** 256 bits that nobody can guess, safe in headers, cookies and addresses. */
export function makeSecret(random: Random, prefix = ''): string {
  return prefix + Buffer.from(random.bytes(32)).toString('base64url');
}

/** What is stored in a secret's place: who reads the store can't sign in with it. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares without telling by its duration where they differ. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(secretHash(a)), Buffer.from(secretHash(b)));
}
