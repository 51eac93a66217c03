import { scrypt, timingSafeEqual } from 'node:crypto';
import { FaultlineError, type Random } from '@faultline/sdk';

/** A password as it is kept. The parameters stand beside the hash, so that they can grow without a migration. */
export interface StoredPassword {
  algorithm: 'scrypt';
  cost: number;
  blockSize: number;
  parallelization: number;
  /** base64 */
  salt: string;
  hash: string;
}

/** 32 MB and some 0.3 s of one core; equal in strength to N = 2^17 with p = 1, with a quarter of the memory. */
const parameters = { cost: 2 ** 15, blockSize: 8, parallelization: 3 };
const hashLength = 32;
const saltLength = 16;

const shortestPassword = 12;
const longestPassword = 256;

/** Hashes in work at once: each holds 32 MB and a thread of the pool that files are read by, too. */
const mostAtOnce = 2;
/** Beyond these it is a flood, and waiting would only make it longer. */
const mostWaiting = 50;

/** Makes and checks password hashes. */
export class Passwords {
  #atOnce = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly random: Random) {}

  /** Throws `Malformed PASSWORD_WEAK`, `Busy SIGN_IN_BUSY`. */
  async store(password: string, login: string): Promise<StoredPassword> {
    requireStrength(password, login);
    const salt = Buffer.from(this.random.bytes(saltLength));
    const hash = await this.#hash(password, { ...parameters, salt });
    return { algorithm: 'scrypt', ...parameters, salt: salt.toString('base64'), hash: hash.toString('base64') };
  }

  /** Takes as long for an account without a password as for a wrong one. Throws `Busy SIGN_IN_BUSY`. */
  async matches(password: string, stored: StoredPassword | null): Promise<boolean> {
    if (password.length > longestPassword) return false;
    const salt = stored === null ? Buffer.alloc(saltLength) : Buffer.from(stored.salt, 'base64');
    const hash = await this.#hash(password, { ...(stored ?? parameters), salt });
    return stored !== null && timingSafeEqual(hash, Buffer.from(stored.hash, 'base64'));
  }

  /** Was made with weaker parameters than are used now. */
  isOutdated({ cost, blockSize, parallelization }: StoredPassword): boolean {
    return cost * blockSize * parallelization < parameters.cost * parameters.blockSize * parameters.parallelization;
  }

  async #hash(
    password: string,
    { cost, blockSize, parallelization, salt }: typeof parameters & { salt: Buffer },
  ): Promise<Buffer> {
    await this.#turn();
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const options = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize };
        // The same password typed on another keyboard may come composed otherwise.
        scrypt(password.normalize('NFKC'), salt, hashLength, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      });
    } finally {
      this.#atOnce--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#atOnce >= mostAtOnce) {
      if (this.#waiting.length >= mostWaiting) {
        throw new FaultlineError('Busy', 'SIGN_IN_BUSY', 'Too many people sign in at this moment.', {
          hint: 'Try again in a few seconds; a one-time link works at once.',
        });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#atOnce++;
  }
}

function requireStrength(password: string, login: string): void {
  const problem =
    password.length < shortestPassword
      ? `It must have at least ${shortestPassword} characters.`
      : password.length > longestPassword
        ? `It may have at most ${longestPassword} characters.`
        : new Set(password).size < 5 || password.toLowerCase().includes(login.toLowerCase())
          ? 'It is too easy to guess.'
          : null;
  if (problem === null) return;
  throw new FaultlineError('Malformed', 'PASSWORD_WEAK', `This password can't be used. ${problem}`, {
    hint: 'A few words that have nothing to do with each other are a good one.',
  });
}
