/**
 * Calls of `/api/v1`, typed by the shapes of `@faultline/sdk/api`. The answers are not checked again here: the server
 * makes them from the same schemas. What is hostile inside them (text from crashes) is handled where it is shown.
 */
import type {
  CrashReport,
  DeadLetterList,
  FieldList,
  GroupDetail,
  GroupList,
  GroupParameters,
  PanelList,
  PluginList,
  ReprocessAccepted,
  SearchAnswer,
  SearchParameters,
  SessionInfo,
  SignIn,
  SystemStatus,
  VersionInfo,
} from '@faultline/sdk/api';
import { ApiError, errorOfResponse, isAborted, unreachable } from './api-error.js';

export type Query = Record<string, string | number | undefined>;

export interface ApiHooks {
  /** Called after each answer (true) and each request that got none (false). */
  onReachable(reachable: boolean): void;
  /** The server refused for lack of permission: the session may have ended. */
  onRefused(): void;
}

export class ApiClient {
  csrfToken: string | null = null;
  hooks: ApiHooks = { onReachable: () => {}, onRefused: () => {} };

  /** @param base path with a slash at both ends */
  constructor(
    readonly base: string,
    private readonly fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
  ) {}

  address(path: string, query: Query = {}): string {
    const parameters = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined && value !== '') parameters.set(key, String(value));
    }
    const text = parameters.toString();
    return `${this.base}api/v1/${path.replace(/^\//, '')}${text === '' ? '' : `?${text}`}`;
  }

  async call<T>(method: string, path: string, options: { query?: Query; body?: unknown; signal?: AbortSignal } = {}) {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (options.body !== undefined) headers['content-type'] = 'application/json';
    if (method !== 'GET' && this.csrfToken !== null) headers['x-faultline-csrf'] = this.csrfToken;
    let response: Response;
    try {
      response = await this.fetch(this.address(path, options.query), {
        method,
        headers,
        credentials: 'same-origin',
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      if (isAborted(error)) throw error;
      this.hooks.onReachable(false);
      throw unreachable();
    }
    this.hooks.onReachable(true);
    if (!response.ok) {
      const error = await errorOfResponse(response);
      if (error.isNotAllowed) this.hooks.onRefused();
      throw error;
    }
    return (await readJson(response)) as T;
  }

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.call<T>('GET', path, signal === undefined ? { query } : { query, signal });
  }

  session = (signal?: AbortSignal) => this.get<SessionInfo>('session', {}, signal);
  signIn = (body: SignIn) => this.call<SessionInfo>('POST', 'session', { body });
  signOut = () => this.call<unknown>('DELETE', 'session');
  version = () => this.get<VersionInfo>('version');
  status = (signal?: AbortSignal) => this.get<SystemStatus>('status', {}, signal);
  fields = () => this.get<FieldList>('fields');
  panels = () => this.get<PanelList>('panels');
  plugins = (signal?: AbortSignal) => this.get<PluginList>('plugins', {}, signal);
  groups = (query: GroupParameters, signal?: AbortSignal) =>
    this.get<GroupList>('groups', { ...query } as Query, signal);
  groupDetail = (query: { signature: string; q: string; from: string; to: string }, signal?: AbortSignal) =>
    this.get<GroupDetail>('groups/detail', query, signal);
  search = (query: SearchParameters, signal?: AbortSignal) =>
    this.get<SearchAnswer>('search', { ...query } as Query, signal);
  crash = (crashId: string, signal?: AbortSignal) =>
    this.get<CrashReport>(`crashes/${encodeURIComponent(crashId)}`, {}, signal);
  reprocess = (crashId: string) =>
    this.call<ReprocessAccepted>('POST', `crashes/${encodeURIComponent(crashId)}/reprocess`, { body: {} });
  partAddress = (crashId: string, part: string) =>
    this.address(`crashes/${encodeURIComponent(crashId)}/raw/${encodeURIComponent(part)}`);
  deadLetters = (signal?: AbortSignal) => this.get<DeadLetterList>('dead-letters', {}, signal);
  replayDeadLetter = (crashId: string) =>
    this.call<unknown>('POST', `dead-letters/${encodeURIComponent(crashId)}/replay`, { body: {} });
  discardDeadLetter = (crashId: string) => this.call<unknown>('DELETE', `dead-letters/${encodeURIComponent(crashId)}`);
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError(
      response.status,
      'ANSWER_NOT_JSON',
      'The server answered something that is not JSON.',
      'Is this address behind a proxy that answers in its place?',
    );
  }
}
