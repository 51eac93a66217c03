import { HttpRoute, PluginManifest } from '@faultline/sdk';
import { startTestHost } from '@faultline/server/testing';
import { describeHttpRoutes } from '@faultline/testing/suites';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const host = await startTestHost({ plugins: ['reports', 'triage', 'search-local'] });
const routes = host.contributions(HttpRoute).all();
for (const id of ['reports', 'triage']) {
  const text = readFileSync(fileURLToPath(new URL(`../../../plugins/${id}/package.json`, import.meta.url)), 'utf8');
  const manifest = PluginManifest.parse((JSON.parse(text) as { faultline: unknown }).faultline);
  describeHttpRoutes(
    manifest,
    routes.filter(({ plugin }) => plugin === id).map(({ value }) => value),
  );
}
await host.stop();
