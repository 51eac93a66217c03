/** A crash reporter, and somebody who reads reports, over real HTTP. */
import { randomUUID } from 'node:crypto';
import type { CrashReport, GroupList, SearchAnswer } from '@faultline/sdk/api';
import { adminToken } from './admin-session.js';
import type { RunningServer } from './server-process.js';

/** Builds a multipart body by hand: the tests must not depend on the server's own idea of one. */
export function reportBody(
  annotations: Record<string, string>,
  dumps: Record<string, Uint8Array> = {},
): { body: Buffer; contentType: string } {
  const boundary = randomUUID().replaceAll('-', '');
  const chunks: Buffer[] = [];
  for (const [name, value] of Object.entries(annotations)) {
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
  }
  for (const [name, bytes] of Object.entries(dumps)) {
    const head = `Content-Disposition: form-data; name="${name}"; filename="${name}.dmp"\r\nContent-Type: application/octet-stream`;
    chunks.push(Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(bytes), Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { body: Buffer.concat(chunks), contentType: `multipart/form-data; boundary=${boundary}` };
}

export interface SubmitAnswer {
  status: number;
  text: string;
  /** Null when the report was not accepted. */
  crashId: string | null;
  /** The process that read the post. */
  pid?: number;
}

export async function submit(
  url: string,
  annotations: Record<string, string>,
  dumps: Record<string, Uint8Array> = {},
): Promise<SubmitAnswer> {
  const { body, contentType } = reportBody(annotations, dumps);
  const response = await fetch(`${url}/submit`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': contentType },
  });
  const pid = Number.parseInt(response.headers.get('x-request-id') ?? '', 36);
  return { ...answerOf(response.status, await response.text()), pid };
}

export function answerOf(status: number, text: string): SubmitAnswer {
  return { status, text, crashId: /^CrashID=bp-([0-9a-f-]{36})\n$/.exec(text)?.[1] ?? null };
}

/** Like `submit`; throws when the report was not accepted. */
export async function submitAccepted(...args: Parameters<typeof submit>): Promise<string> {
  const answer = await submit(...args);
  if (answer.crashId === null) throw new Error(`not accepted: ${answer.status} ${answer.text}`);
  return answer.crashId;
}

/** Reads the server's API with a token that may do everything. */
export class Reader {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async of(server: RunningServer): Promise<Reader> {
    return new Reader(server.url, await adminToken(server));
  }

  async get<T>(path: string): Promise<T> {
    return JSON.parse(await this.text(path)) as T;
  }

  async text(path: string): Promise<string> {
    const response = await fetch(`${this.url}${path}`, { headers: { 'auth-token': this.token } });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text}`);
    return text;
  }

  report(crashId: string): Promise<CrashReport> {
    return this.get(`/api/v1/crashes/${crashId}`);
  }

  /** The bytes of a dump or attachment. */
  async part(crashId: string, name: string): Promise<Buffer> {
    const headers = { 'auth-token': this.token };
    const response = await fetch(`${this.url}/api/v1/crashes/${crashId}/raw/${name}`, { headers });
    if (!response.ok) throw new Error(`part ${name} of ${crashId}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  search(query: string, limit = 100): Promise<SearchAnswer> {
    return this.get(`/api/v1/search?q=${encodeURIComponent(query)}&limit=${limit}`);
  }

  groups(): Promise<GroupList> {
    return this.get('/api/v1/groups');
  }

  /** Waits until the crash has left the queue, whatever became of it. */
  async processed(crashId: string, patience = 30_000): Promise<CrashReport> {
    const until = Date.now() + patience;
    for (;;) {
      const report = await this.report(crashId);
      if (report.state === 'processed' || report.state === 'dead') return report;
      if (Date.now() > until) throw new Error(`${crashId} is still ${report.state}: ${report.step}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until the search index has the crash: the row with all columns asked for. */
  async searchable(crashId: string, patience = 30_000): Promise<SearchAnswer> {
    const until = Date.now() + patience;
    for (;;) {
      const answer = await this.search(`crash_id:${crashId}`).catch(untilHeadIsTaken);
      if (answer !== null && answer.total > 0) return answer;
      if (Date.now() > until) throw new Error(`${crashId} is not searchable`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A killed process's claim on the index ends after a quarter of a minute. */
export function untilHeadIsTaken(error: unknown): null {
  if (error instanceof Error && error.message.includes('SEARCH_HEAD_MISSING')) return null;
  throw error;
}
