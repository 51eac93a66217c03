import { afterAll, describe, expect, it } from 'vitest';
import { Reader, submit, submitAccepted } from './crash-client.js';
import { cleanUp, faultline, startServer, temporaryFolder } from './server-process.js';

const kettle = (version: string, build: string, reason: string) => ({
  ProductName: 'Kettle',
  Version: version,
  BuildID: build,
  JavaStackTrace: `java.lang.${reason}: boiled over\n\tat kettle.Boiler.heat(Boiler.java:7)\n\tat kettle.${reason}.run(Main.java:1)`,
});

afterAll(cleanUp);

describe('faultline search, check and products', () => {
  it('serve a build pipeline, on a running server and on its folder', { timeout: 90_000 }, async () => {
    const data = temporaryFolder();
    const server = await startServer({ data });
    const { token } = await Reader.of(server);
    const where = ['--url', server.url, '--token', token];
    await Promise.all([
      submitAccepted(server.url, kettle('1.0', '20261101', 'OldError')),
      submitAccepted(server.url, kettle('1.1', '20261120', 'OldError')),
      submitAccepted(server.url, kettle('1.1', '20261120', 'NewError')),
    ]);

    // Each is a process of its own: side by side they take less time.
    const build = ['check', '--product', 'Kettle', '--build', '20261120', ...where];
    const [check, regressed] = await Promise.all([faultline(build), faultline([...build, '--fail-on', 'regressed'])]);
    expect(check.stderr + check.stdout).toMatch(/2 groups, 2 crashes; 1 that fail the check/);
    expect(check.stdout).toMatch(/^! .*\[new\]$/m);
    expect([check.code, regressed.code]).toEqual([3, 0]);

    const [found, mistaken] = await Promise.all([
      faultline(['search', 'version:1.1', '--columns', 'version,build', '--from', '-1d', ...where]),
      faultline(['search', 'version:1.1 prodct:x', ...where]),
    ]);
    expect(found.stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(mistaken.stderr).toContain(`  version:1.1 prodct:x\n  ${' '.repeat(12)}^^^^^^\n`);
    expect(mistaken.stderr).toContain('Did you mean "product"?');

    const [refusal, locked] = await Promise.all([
      faultline(['products', 'set', 'Urn', '--refuse', ...where]),
      faultline(['search', 'x', '--data', data]),
    ]);
    expect(refusal.code).toBe(0);
    const refused = await submit(server.url, { ProductName: 'Urn', Version: '1' });
    expect(refused.text).toBe('Discarded=rule_not_accepted_product');

    expect(locked.code).toBe(1);
    expect(locked.stderr).toContain('search it with --url');
    await server.stop();
    const offline = await faultline([
      'search',
      'version:1.1',
      '--format',
      'ndjson',
      '--columns',
      'build',
      '--data',
      data,
    ]);
    expect(offline.stdout.trimEnd().split('\n')).toHaveLength(2);
  });
});
