import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, Milliseconds, Random, StateKey, StateStore, UnixMillis } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';

/** Files that one request may announce, as Tecken has it. */
export const mostAnnounced = 1024;

const lifetime: Milliseconds = 24 * 60 * 60_000;

export interface AnnouncedFile {
  size: number;
  md5: string;
}

/** Announced files that may be sent by whoever knows the secret. A type: it must be a JSON value. */
export interface UploadSession {
  id: string;
  secretHash: string;
  expiresAt: UnixMillis;
  isTry: boolean;
  by: string;
  /** By the text of their keys. */
  files: Record<string, AnnouncedFile>;
}

const sessionKey = (id: string): StateKey => ['symbols', 'session', id];

/** Uploads of version 2: announced together, then sent one by one to addresses that need no other credential. */
export class UploadSessions {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** @returns the session, and its secret, which is not kept */
  async open(wish: Pick<UploadSession, 'isTry' | 'by' | 'files'>): Promise<{ session: UploadSession; secret: string }> {
    const now = this.clock.now();
    const secret = Buffer.from(this.random.bytes(24)).toString('base64url');
    const id = `${now.toString(36).padStart(9, '0')}${Buffer.from(this.random.bytes(4)).toString('hex')}`;
    const session = { id, secretHash: hashOf(secret), expiresAt: now + lifetime, ...wish };
    await this.state.set(sessionKey(id), session);
    return { session, secret };
  }

  /** Throws `PermissionDenied UPLOAD_SESSION_UNKNOWN` for a wrong secret as for a session that is none or is over. */
  async require(id: string, secret: string): Promise<UploadSession> {
    const session = (await this.state.get<UploadSession>(sessionKey(id)))?.value ?? null;
    const isRight = session !== null && timingSafeEqual(Buffer.from(session.secretHash), Buffer.from(hashOf(secret)));
    if (!isRight || session.expiresAt < this.clock.now()) {
      throw new FaultlineError(
        'PermissionDenied',
        'UPLOAD_SESSION_UNKNOWN',
        'This upload address is not, or no more, valid.',
        {
          hint: 'Announce the files again; addresses are good for a day.',
        },
      );
    }
    return session;
  }

  /** Removes what is over; how many there were. */
  async expire(): Promise<number> {
    let count = 0;
    for await (const { key, value } of this.state.range<UploadSession>({ prefix: ['symbols', 'session'] })) {
      if (value.expiresAt >= this.clock.now()) continue;
      await this.state.delete(key);
      count++;
    }
    return count;
  }
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
