import type { IncomingMessage } from 'node:http';
import { asFaultlineError, FaultlineError, type Milliseconds, type Principal, type RouteAccess } from '@faultline/sdk';
import type { AccessPolicy } from '../auth/access-policy.js';
import type { Authenticator } from '../auth/authenticator.js';

/** Expiry is noticed this late at most; changes of users, roles and tokens are noticed when they are written. */
const interval: Milliseconds = 5000;

interface Watched {
  request: IncomingMessage;
  access: RouteAccess;
  principal: Principal;
  end: AbortController;
}

/**
 * Answers that go on for long (events, exports, downloads) were allowed when they began. This asks again while they
 * go on, and ends those whose caller may do less, or other things, than at the beginning.
 */
export class LiveAccess {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly parts: { authenticator: Authenticator; access: AccessPolicy }) {}

  /** The signal's reason is the error that says why. Call `done` when the answer has ended. */
  watch(of: Omit<Watched, 'end'>): { ended: AbortSignal; done(): void } {
    const watched = { ...of, end: new AbortController() };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => void this.check(), interval).unref();
    return { ended: watched.end.signal, done: () => this.#forget(watched) };
  }

  /** Asks for all of them now. */
  async check(): Promise<void> {
    for (const watched of [...this.#watched]) {
      const reason = await this.#reasonToEnd(watched);
      if (reason === null) continue;
      this.#forget(watched);
      watched.end.abort(reason);
    }
  }

  async #reasonToEnd({ request, access, principal }: Watched): Promise<FaultlineError | null> {
    try {
      const now = (await this.parts.authenticator.identify(request)).principal;
      this.parts.access.require(access, now, request.headers.host);
      const isSame =
        now.id === principal.id &&
        now.permissions.size === principal.permissions.size &&
        [...now.permissions].every((permission) => principal.permissions.has(permission));
      if (isSame) return null;
      return new FaultlineError('PermissionDenied', 'PERMISSIONS_CHANGED', 'What you may see has changed.', {
        hint: 'Ask again: the answer follows the new permissions.',
      });
    } catch (error) {
      return asFaultlineError(error);
    }
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
