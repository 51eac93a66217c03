import { failed, ok, type Check } from './check.js';

interface Heartbeat {
  errors?: { name: string; msg: string }[];
  checks?: { name: string }[];
}

/** Something else answers there: the status tells. */
const notJson =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof SyntaxError) return instead;
    throw error;
  };

/** Whether the server is there, well, and closed where it should be. */
export const healthChecks: readonly Check[] = [
  {
    name: 'answers',
    async run({ server }) {
      const response = await server.fetch('/__version__');
      const facts = (await response.json().catch(notJson(null))) as { name?: string; version?: string } | null;
      if (!response.ok || facts?.name !== 'faultline') {
        return failed(`${response.status}: this does not look like Faultline; is the path right, and the proxy?`);
      }
      return ok(`Faultline ${facts.version ?? ''}`);
    },
  },
  {
    name: 'is well',
    async run({ server }) {
      const response = await server.fetch('/__heartbeat__');
      const { errors = [], checks = [] } = (await response.json().catch(notJson({}))) as Heartbeat;
      if (response.ok) return ok(checks.map(({ name }) => name).join(', '));
      return failed(errors.map(({ name, msg }) => `${name}: ${msg}`).join('; ') || `it answered ${response.status}`);
    },
  },
  {
    name: 'shows its page safely',
    async run({ server }) {
      const response = await server.fetch('/', { headers: { accept: 'text/html' } });
      const text = await response.text();
      if (!response.ok || !text.includes('<div id="app"')) return failed(`${response.status}: the page is not there`);
      const lost = ['content-security-policy', 'x-content-type-options', 'x-frame-options'].filter(
        (name) => !response.headers.has(name),
      );
      if (lost.length > 0) return failed(`headers are lost on the way: ${lost.join(', ')}`);
      const isPlain = new URL(response.url).protocol === 'http:';
      return ok(isPlain ? 'with its policy; in plain http, so for this machine only' : 'with its policy, over TLS');
    },
  },
  {
    name: 'keeps strangers out',
    async run({ url, signal }) {
      const base = url.href.replace(/\/+$/, '');
      const open: string[] = [];
      for (const path of ['/api/v1/users', '/api/v1/audit', '/api/v1/config']) {
        const { status } = await fetch(base + path, { signal });
        if (status === 200) open.push(path);
      }
      return open.length === 0 ? ok('users, audit log, settings') : failed(`open to everybody: ${open.join(', ')}`);
    },
  },
];
