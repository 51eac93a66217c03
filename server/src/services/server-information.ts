import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServerInfo } from '@faultline/sdk';

/** Facts of this process; the public address is filled in when the server listens. */
export class ServerInformation implements ServerInfo {
  readonly nodeId = randomUUID();
  readonly host = hostname();
  readonly version: string;
  readonly startedAt: number;
  readonly roles: ReadonlySet<string>;
  readonly dataFolder: string;
  readonly sharesFolder: boolean;
  #publicUrl: string;

  constructor(facts: {
    version: string;
    startedAt: number;
    roles: ReadonlySet<string>;
    dataFolder: string;
    sharesFolder?: boolean | undefined;
    publicUrl?: string | undefined;
  }) {
    this.version = facts.version;
    this.startedAt = facts.startedAt;
    this.roles = facts.roles;
    this.dataFolder = facts.dataFolder;
    this.sharesFolder = facts.sharesFolder ?? false;
    this.#publicUrl = facts.publicUrl ?? '';
  }

  /** "" before the server listens, when none is configured. */
  publicUrl(): string {
    return this.#publicUrl;
  }

  /** Nobody can type the address of every interface: this machine's name stands for it. */
  listensAt(url: string): void {
    if (this.#publicUrl === '') this.#publicUrl = url.replace(/\/\/(0\.0\.0\.0|\[::\])(?=[:/]|$)/, `//${this.host}`);
  }
}
