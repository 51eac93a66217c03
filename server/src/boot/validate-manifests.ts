import { apiVersion, FaultlineError, PluginManifest } from '@faultline/sdk';
import { suggestion } from '../config/suggestion.js';
import { contributedIds } from './contributed-ids.js';
import { fail, type PluginRecord } from './plugin-record.js';

/** Reads and checks every manifest; of two plugins with one id the first stays. */
export async function validateManifests(records: readonly PluginRecord[]): Promise<void> {
  const byId = new Map<string, PluginRecord>();
  for (const record of records) {
    record.state.phase = 'validate';
    try {
      const manifest = await readManifest(record);
      record.state.id = manifest.id;
      record.state.displayName = manifest.displayName;
      record.state.contributes = contributedIds(manifest);
      rejectDuplicate(manifest.id, record, byId);
      record.manifest = manifest;
    } catch (error) {
      fail(record, error);
    }
  }
}

async function readManifest(record: PluginRecord): Promise<PluginManifest> {
  const packageJson = await record.source.packageJson();
  const raw = packageJson['faultline'];
  if (typeof packageJson['version'] === 'string') record.state.version = packageJson['version'];
  if (typeof raw !== 'object' || raw === null) {
    throw new FaultlineError(
      'Malformed',
      'MANIFEST_MISSING',
      `${record.source.location} has no \`faultline\` manifest.`,
      {
        hint: 'Add a `faultline` key with at least id, displayName and apiVersion to its package.json.',
      },
    );
  }
  takeNames(record, raw);
  rejectOtherVersion(record, raw);
  const parsed = PluginManifest.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = ['faultline', ...(issue?.path ?? [])].join('.');
  const misspelt = issue?.code === 'unrecognized_keys' ? suggestion(issue.keys[0] ?? '', manifestKeys) : '';
  throw new FaultlineError(
    'Malformed',
    'MANIFEST_INVALID',
    `The manifest in ${record.source.location}/package.json is not valid at \`${place}\`: ${issue?.message ?? ''}.${misspelt}`,
    { hint: `Correct \`${place}\`; the manifest's fields are described in sdk/contracts/src/manifest.ts.` },
  );
}

const manifestKeys = [
  ...Object.keys(PluginManifest.shape),
  ...Object.keys(PluginManifest.shape.contributes.unwrap().shape),
];

/** Even a bad manifest mostly tells who it is. */
function takeNames(record: PluginRecord, raw: object): void {
  if ('id' in raw && typeof raw.id === 'string') record.state.id = raw.id;
  if ('displayName' in raw && typeof raw.displayName === 'string') record.state.displayName = raw.displayName;
}

/** Before the schema: a manifest of another version may well have another shape. */
function rejectOtherVersion(record: PluginRecord, raw: object): void {
  if (!('apiVersion' in raw) || typeof raw.apiVersion !== 'number' || raw.apiVersion === apiVersion) return;
  const isNewer = raw.apiVersion > apiVersion;
  throw new FaultlineError(
    'Unsupported',
    'PLUGIN_API_VERSION',
    `${record.state.id} is made for plugin API ${raw.apiVersion}; this server has ${apiVersion}.`,
    {
      hint: isNewer
        ? 'Update the server, or install an older version of the plugin.'
        : 'Install a newer version of the plugin.',
    },
  );
}

function rejectDuplicate(id: string, record: PluginRecord, byId: Map<string, PluginRecord>): void {
  const first = byId.get(id);
  if (first === undefined) {
    byId.set(id, record);
    return;
  }
  throw new FaultlineError(
    'Conflict',
    'PLUGIN_DUPLICATE',
    `Two plugins have the id "${id}": ${first.source.location} and ${record.source.location}.`,
    { hint: 'Take one of them out of `plugins:`, or give it another id in its package.json.' },
  );
}
