import {
  AuditLog,
  Clock,
  CrashProcessing,
  CrashStorage,
  FieldDictionary,
  isFaultlineError,
  ProductCatalog,
  SearchEngine,
  ServerInfo,
  SignatureHistory,
  TicketLinks,
  type Principal,
  type Token,
} from '@faultline/sdk';
import { searchFields, type SearchFields } from '@faultline/sdk/search';
import type { Viewer } from '@faultline/sdk/visible-crash';

/** The services behind the endpoints. Some may start later, or not be there in this process. */
export class Parts {
  readonly storage: CrashStorage;
  readonly engine: SearchEngine;
  readonly dictionary: FieldDictionary;
  readonly clock: Clock;
  readonly server: ServerInfo;
  readonly #audit: AuditLog;

  constructor(private readonly resolve: <T>(service: Token<T>) => T) {
    this.storage = resolve(CrashStorage);
    this.engine = resolve(SearchEngine);
    this.dictionary = resolve(FieldDictionary);
    this.clock = resolve(Clock);
    this.server = resolve(ServerInfo);
    this.#audit = resolve(AuditLog);
  }

  /** Throws `Unavailable SERVICE_MISSING` where no processor can be asked. */
  get processing(): CrashProcessing {
    return this.resolve(CrashProcessing);
  }

  get products(): ProductCatalog | null {
    return this.#optional(ProductCatalog);
  }

  get tickets(): TicketLinks | null {
    return this.#optional(TicketLinks);
  }

  get history(): SignatureHistory | null {
    return this.#optional(SignatureHistory);
  }

  /** Where people reach the server, without a slash at its end. */
  publicUrl(): string {
    return this.server.publicUrl().replace(/\/$/, '');
  }

  viewerOf(principal: Principal): Viewer {
    return { fields: this.dictionary, mayViewProtected: principal.permissions.has('view_pii') };
  }

  fieldsFor(principal: Principal): SearchFields {
    return searchFields(this.dictionary.all(), principal.permissions.has('view_pii'));
  }

  /** What somebody did or saw. */
  record(
    { id, name }: Principal,
    action: string,
    target: string,
    details: Record<string, string[] | number> | null,
  ): Promise<void> {
    return this.#audit.record({ actor: id, actorName: name, action, target, details });
  }

  #optional<T>(service: Token<T>): T | null {
    try {
      return this.resolve(service);
    } catch (error) {
      if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return null;
      throw error;
    }
  }
}
