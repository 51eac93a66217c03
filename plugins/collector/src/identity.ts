/**
 * Who crashed, whatever the client calls its annotations. One table decides; the first source that says something
 * wins, and sources that disagree are noted.
 *
 * Folklore: Electron's crashReporter sends `prod` and the query's `product` as "Electron" and the app's own name as
 * `_productName`; its `ver` is Electron's version and `_version` the app's (sighting: Electron 33 on Linux). So the
 * app's names come first.
 */
import type { JsonValue, ReportIdentity } from '@faultline/sdk';

/** A source is an annotation of the form, or one of the query when it begins with `?`. */
const sources: Record<Exclude<keyof ReportIdentity, 'install'> | 'client', readonly string[]> = {
  product: ['ProductName', '_productName', 'prod', '?product'],
  version: ['Version', '_version', 'ver', '?version'],
  channel: ['ReleaseChannel', 'channel', '?channel'],
  processType: ['ProcessType', 'process_type', 'ptype', '?process_type'],
  platform: ['platform', 'plat', 'OS', '?platform'],
  client: ['guid', '_companyGuid', 'client_id', '?guid', 'InstallTime'],
};

/** Longer values are cut: they become facet terms and table cells. */
const lengthLimit = 200;

export interface DecidedIdentity {
  identity: ReportIdentity;
  notes: string[];
}

/**
 * @param query annotations of the query string, by name
 * @param installKey turns the client's own id into one that means nothing outside this server
 */
export function decideIdentity(
  annotations: ReadonlyMap<string, JsonValue>,
  query: ReadonlyMap<string, string>,
  installKey: (product: string, client: string) => string,
): DecidedIdentity {
  const notes: string[] = [];
  const decide = (what: keyof typeof sources): string => {
    const said = sources[what]
      .map((source) => ({ source, value: valueOf(source, annotations, query) }))
      .filter((candidate) => candidate.value !== '');
    const first = said[0];
    if (first === undefined) return '';
    const other = said.find((candidate) => candidate.value !== first.value);
    if (other !== undefined && what !== 'client') {
      notes.push(`${what}: ${first.source} says "${first.value}", ${other.source} says "${other.value}"`);
    }
    return first.value;
  };
  const product = decide('product');
  const client = decide('client');
  const identity: ReportIdentity = {
    product,
    version: decide('version'),
    channel: decide('channel'),
    processType: decide('processType'),
    platform: decide('platform'),
    install: client === '' ? '' : installKey(product, client),
  };
  return { identity, notes };
}

function valueOf(
  source: string,
  annotations: ReadonlyMap<string, JsonValue>,
  query: ReadonlyMap<string, string>,
): string {
  const value = source.startsWith('?') ? query.get(source.slice(1)) : annotations.get(source);
  if (typeof value === 'string') return printable(value).slice(0, lengthLimit);
  return typeof value === 'number' ? String(value) : '';
}

/** Without control characters: identities stand in logs, notes and tables. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
