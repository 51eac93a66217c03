import { randomUUID } from 'node:crypto';
import { FaultlineError } from '@faultline/sdk/errors';
import type { ServerProfile } from '../shared/ipc.js';
import type { SettingsFile } from './settings-file.js';

/** The system's store of secrets, as Electron's `safeStorage` gives it. */
export interface SafeStore {
  isAvailable(): boolean;
  encrypt(text: string): Buffer;
  decrypt(bytes: Buffer): string;
}

/** Where requests of the page go, and what goes with them. */
export interface ServerAccess {
  id: string;
  /** With a slash at its end. */
  url: string;
  token: string | null;
}

/** Id of the server that the app runs itself. */
export const ownServerId = 'own';

/** Servers that this app knows. Tokens are kept by the system's safe storage, or, where it has none, until the app ends. */
export class ServerProfiles {
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly settings: SettingsFile,
    private readonly safe: SafeStore,
  ) {}

  get keepsTokens(): boolean {
    return this.safe.isAvailable();
  }

  list(): ServerProfile[] {
    const { profiles, chosen } = this.settings.values;
    return profiles.map(({ id, name, url, token }) => ({
      id,
      name,
      url,
      // One that the safe storage of now can't read is none.
      hasToken: this.tokenOf({ id, token }) !== null,
      isChosen: id === chosen,
    }));
  }

  /**
   * @param token null keeps the one there is, "" removes it
   * @throws FaultlineError `PROFILE_URL` for an address that is none
   */
  save({ id, name, url, token }: { id: string | null; name: string; url: string; token: string | null }): string {
    const address = normalAddress(url);
    const { profiles } = this.settings.values;
    const known = profiles.find((one) => one.id === id);
    const next = { id: known?.id ?? id ?? randomUUID(), name, url: address, token: known?.token ?? '' };
    // A token belongs to the address it was given for.
    if (known !== undefined && known.url !== address && token === null) next.token = this.forgetToken(next.id);
    if (token !== null) next.token = this.keepToken(next.id, token);
    const rest = profiles.filter((one) => one.id !== next.id);
    this.settings.change({ profiles: [...rest, next] });
    if (this.settings.values.chosen === '') this.choose(next.id);
    return next.id;
  }

  remove(id: string): void {
    this.tokens.delete(id);
    const profiles = this.settings.values.profiles.filter((one) => one.id !== id);
    const { chosen } = this.settings.values;
    this.settings.change({ profiles, chosen: chosen === id ? (profiles[0]?.id ?? '') : chosen });
  }

  /** @throws FaultlineError `PROFILE_UNKNOWN` */
  choose(id: string): void {
    if (!this.settings.values.profiles.some((one) => one.id === id)) {
      throw new FaultlineError('NotFound', 'PROFILE_UNKNOWN', 'There is no such server.');
    }
    this.settings.change({ chosen: id });
  }

  /** The server in use; null when none is. */
  current(): ServerAccess | null {
    const { profiles, chosen } = this.settings.values;
    const profile = profiles.find((one) => one.id === chosen);
    return profile === undefined ? null : { id: profile.id, url: profile.url, token: this.tokenOf(profile) };
  }

  /** The profile whose address a link names. */
  byAddress(url: string): ServerProfile | null {
    return this.list().find((one) => one.url !== '' && url.startsWith(one.url)) ?? null;
  }

  /** The token of the server that an address lies on; null when it is none of those known, or has no token. */
  tokenOfAddress(url: string): string | null {
    const profile = this.byAddress(url);
    return profile === null ? null : this.tokenFor(profile.id);
  }

  /** The token of a profile, to be saved again with another address of the same server; null when there is none. */
  tokenFor(id: string): string | null {
    const profile = this.settings.values.profiles.find((one) => one.id === id);
    return profile === undefined ? null : this.tokenOf(profile);
  }

  private tokenOf({ id, token }: { id: string; token: string }): string | null {
    const known = this.tokens.get(id);
    if (known !== undefined) return known;
    if (token === '' || !this.safe.isAvailable()) return null;
    try {
      return this.safe.decrypt(Buffer.from(token, 'base64'));
    } catch {
      // Written by another user or on another machine: it has to be given again.
      return null;
    }
  }

  private keepToken(id: string, token: string): string {
    if (token === '') return this.forgetToken(id);
    this.tokens.set(id, token);
    return this.safe.isAvailable() ? this.safe.encrypt(token).toString('base64') : '';
  }

  private forgetToken(id: string): string {
    this.tokens.delete(id);
    return '';
  }
}

/** Origin and base path, with a slash at the end. */
function normalAddress(url: string): string {
  let address: URL;
  try {
    address = new URL(url);
  } catch {
    throw new FaultlineError('Malformed', 'PROFILE_URL', 'That is not the address of a server.', {
      hint: 'It looks like https://crashes.example.org/.',
    });
  }
  if (!['http:', 'https:'].includes(address.protocol) || address.username !== '' || address.password !== '') {
    throw new FaultlineError(
      'Malformed',
      'PROFILE_URL',
      'A server’s address begins with https:// and has no password.',
    );
  }
  const folder = address.pathname.endsWith('/') ? address.pathname : `${address.pathname}/`;
  return `${address.origin}${folder}`;
}
