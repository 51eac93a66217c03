/**
 * Installs the module hooks of plugins from outside. The host imports this module when one is configured, and so must
 * every thread or child before it imports plugin code (`PluginCatalog.preloads()`). Options stand in the query:
 * `folder` (repeated) is a plugin's own folder, `cache` holds transformed TypeScript, `sources=1` also runs our own
 * packages from their sources. Plain JavaScript, because nothing can be transformed before it has run.
 */
import { register } from 'node:module';

const query = new URL(import.meta.url).searchParams;

process.setSourceMapsEnabled(true);
register('./hooks.js', import.meta.url, {
  data: {
    folders: query.getAll('folder'),
    cache: query.get('cache'),
    usesSources: query.get('sources') === '1',
  },
});
