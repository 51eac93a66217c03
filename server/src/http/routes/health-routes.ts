import type { HttpRoute } from '@faultline/sdk';
import type { Host } from '../../host.js';
import type { Health } from '../health.js';

/** Dunder paths, as Socorro's services have them; every role answers them. */
export function healthRoutes(host: Host, health: Health): HttpRoute[] {
  return [
    {
      id: 'host/heartbeat',
      method: 'GET',
      path: '/__heartbeat__',
      summary: 'Asks store, bus, index and walker; 503 when one of them can not work',
      access: 'open',
      async handle() {
        const checks = await health.check();
        const errors = checks.filter((check) => !check.isHealthy).map(({ name, message }) => ({ name, msg: message }));
        return { status: errors.length === 0 ? 200 : 503, body: { errors, checks } };
      },
    },
    {
      id: 'host/lbheartbeat',
      method: 'GET',
      path: '/__lbheartbeat__',
      summary: 'Answers while the process does',
      access: 'open',
      produces: 'text/plain',
      handle: () => ({ body: '' }),
    },
    {
      id: 'host/version',
      method: 'GET',
      path: '/__version__',
      summary: 'What runs here',
      access: 'open',
      handle: () => ({
        body: {
          name: 'faultline',
          version: host.info.version,
          source: '',
          commit: process.env['FAULTLINE_COMMIT'] ?? '',
          build: '',
          node: process.version,
          roles: [...host.info.roles],
        },
      }),
    },
  ];
}
