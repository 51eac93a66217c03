import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@faultline/sdk';
import { BetaSettings, betaVersions } from '../../../plugins/mozilla/src/beta-versions.js';
import { MozillaConfig } from '../../../plugins/mozilla/src/config.js';
import ruleModule, { mozillaRules } from '../../../plugins/mozilla/src/rules.js';
import { addonsRule } from '../../../plugins/mozilla/src/rules/addons-rule.js';
import { crashReasonRule } from '../../../plugins/mozilla/src/rules/crash-reason-rule.js';
import { distributionRule } from '../../../plugins/mozilla/src/rules/distribution-rule.js';
import { heapCheckerRule } from '../../../plugins/mozilla/src/rules/heap-checker-rule.js';
import { submittedFromRule } from '../../../plugins/mozilla/src/rules/submitted-from-rule.js';
import { versionRule } from '../../../plugins/mozilla/src/rules/version-rule.js';
import { throttleRules } from '../../../plugins/mozilla/src/throttle/throttle-rules.js';
import { run } from '../rules/rule-input.js';

describe('the rules of Firefox', () => {
  it('are there when they are switched on, and only then', async () => {
    expect(await ruleModule.rules(MozillaConfig.parse({}), null)).toEqual([]);
    const rules = await ruleModule.rules(MozillaConfig.parse({ enabled: true }), null);
    expect(rules.map(({ id }) => id)).toEqual(mozillaRules({}).map(({ id }) => id));
  });

  it('stand annotations of any type', async () => {
    const names = ['Add-ons', 'Accessibility', 'PHCKind', 'PHCBaseAddress', 'MozCrashReason', 'UtilityActorsName'];
    for (const value of [null, 5, true, [], {}, '', '%', '\0', 'x'.repeat(1_000_000)]) {
      const annotations = Object.fromEntries(names.map((name) => [name, value]));
      for (const rule of mozillaRules({})) await expect(run(rule, { annotations })).resolves.toBeDefined();
    }
  });
});

describe('versionRule', () => {
  it.each([
    [{ product: 'Firefox', release_channel: 'esr', version: '140.5.0' }, '140.5.0esr'],
    [{ product: 'Firefox', release_channel: 'beta', version: '152.0' }, '152.0b0'],
    [{ product: 'Thunderbird', release_channel: 'aurora', version: '54.0a2' }, '54.0a2b0'],
    [{ product: 'Fenix', release_channel: 'nightly', version: 'Nightly 261105 17:05' }, '0.0a1'],
    [{ product: 'Fenix', release_channel: 'beta', version: '152.0' }, undefined],
    [{ product: 'Firefox', release_channel: 'release', version: '152.0' }, undefined],
    [{ product: 'Firefox', release_channel: 'esr' }, undefined],
    [{ product: 'Firefox', release_channel: 'beta' }, undefined],
  ])('makes of %o the version %s', async (processed, version) => {
    expect((await run(versionRule({}), { processed })).patch['version']).toBe(version);
  });
});

describe('betas', () => {
  const release = (product: string, channel: string, version: string, buildId: string) => ({
    ...{ product, channel, version, buildId, date: '', firstSeen: '', isDeclared: true },
  });
  const releases = [
    release('Firefox', 'Beta', '152.0b9', '20261101093015'),
    release('Firefox', 'beta', '152.0b8', '20261101093015'),
    // What reports themselves said tells nothing.
    release('Firefox', 'beta', '152.0b0', '20261108093015'),
    release('DevEdition', 'aurora', '54.0b13', '20170612000000'),
    release('Teapot', 'beta', '1.0b1', '1'),
  ];

  it.each([
    ['Firefox', 'beta', '152.0', '20261101093015', '152.0b9'],
    ['Firefox', 'beta', '152.0', '20261108093015', '152.0b0'],
    ['Firefox', 'aurora', '54.0a2', '20170612000000', '54.0b13'],
    ['Firefox', 'aurora', '54.0a2', '20170501000000', '54.0a2b0'],
    ['Thunderbird', 'beta', '152.0', '20261101093015', '152.0b0'],
  ])('of %s on %s %s %s: %s', async (product, release_channel, version, build, named) => {
    const processed = { product, release_channel, version, build };
    expect((await run(versionRule(betaVersions(releases)), { processed })).patch['version']).toBe(named);
  });

  it('tell the rules only when they changed', async () => {
    const settings = new BetaSettings();
    let told = 0;
    settings.onChange(() => told++);
    const catalog = { releases: () => Promise.resolve(releases) };
    await settings.refresh(catalog);
    await settings.refresh(catalog);
    expect(told).toBe(1);
    expect(settings.current().betas).toEqual({
      'Firefox/beta/20261101093015': '152.0b9',
      'DevEdition/aurora/20170612000000': '54.0b13',
    });
  });
});

describe('single rules', () => {
  it.each([
    ['a%40b:1.0,c', ['a@b:1.0', 'c:NO_VERSION']],
    ['%zz:1%2C0', ['%zz:1,0']],
    ['', []],
  ])('read the add-ons %j', async (list, addons) => {
    expect((await run(addonsRule, { annotations: { 'Add-ons': list } })).patch['addons']).toEqual(addons);
  });

  it('keep addresses beyond 2^53 and note what is no number', async () => {
    const annotations = { PHCKind: 'FreedPage', PHCBaseAddress: '18446744073709551615', PHCUsableSize: 'big' };
    const { patch, notes } = await run(heapCheckerRule, { annotations });
    expect(patch).toMatchObject({ phc_base_address: '0xffffffffffffffff' });
    expect(patch['phc_usable_size']).toBeUndefined();
    expect(notes).toEqual(['PHCUsableSize has a non-int value']);
  });

  it.each([
    ['Failed to load module "x"', 'sanitized--see moz_crash_reason_raw'],
    ['byte index 3 is no char boundary', 'sanitized--see moz_crash_reason_raw'],
    ['do not use eval with system privileges: x', 'sanitized--see moz_crash_reason_raw'],
    ['MOZ_CRASH(byte index)', 'MOZ_CRASH(byte index)'],
  ])('show the reason %j as %j', async (reason, shown) => {
    const { patch } = await run(crashReasonRule, { annotations: { MozCrashReason: reason } });
    expect(patch).toEqual({ moz_crash_reason: shown, moz_crash_reason_raw: reason });
  });

  it.each<[Record<string, JsonValue>, JsonValue | undefined, string]>([
    [{ DistributionID: 'a' }, { partner: { distributionId: 'b' } }, 'a'],
    [{}, { partner: { distributionId: 'b' } }, 'b'],
    [{}, { partner: { distributionId: null } }, 'mozilla'],
    [{}, { partner: [] }, 'unknown'],
    [{}, undefined, 'unknown'],
  ])('name the distribution of %j and %j', async (annotations, environment, id) => {
    const processed: Record<string, JsonValue> =
      environment === undefined ? {} : { telemetry_environment: environment };
    expect((await run(distributionRule, { annotations, processed })).patch).toEqual({ distribution_id: id });
  });

  it.each([
    [{}, 'Unknown', false],
    [{ SubmittedFrom: 'Client' }, 'Client', false],
    [{ SubmittedFrom: 'Infobar' }, 'Infobar', true],
    [{ SubmittedFromInfobar: '1', SubmittedFrom: 'Client' }, 'Infobar', true],
    [{ SubmittedFromInfobar: '0', SubmittedFrom: 'Client' }, 'Unknown', false],
  ])('say where %o was sent from', async (annotations, submitted_from, submitted_from_infobar) => {
    expect((await run(submittedFromRule, { annotations })).patch).toEqual({ submitted_from, submitted_from_infobar });
  });
});

describe('throttleRules', () => {
  const rules = throttleRules({ products: ['Firefox', 'Fenix'], now: () => Date.UTC(2026, 10, 23) });
  const none = { product: '', version: '', channel: '', processType: '', platform: '', install: '' };
  const decide = (annotations: Record<string, JsonValue>, chance = 0.5) => {
    for (const rule of rules) {
      const verdict = rule.decide({ annotations, identity: none }, chance);
      if (verdict !== 'continue') return `${rule.id} ${verdict}`;
    }
    return 'nothing';
  };
  const firefox = { ProductName: 'Firefox', Version: '152.0', ReleaseChannel: 'release', BuildID: '20261101093015' };
  const windows = (build: number) =>
    JSON.stringify({ system: { os: { name: 'Windows_NT', windowsBuildNumber: build } } });

  it.each<[Record<string, JsonValue>, number, string]>([
    [{ ...firefox, BuildID: '20241101000000' }, 0, 'has_old_buildid reject'],
    [{ ...firefox, BuildID: '20241301000000', Comments: 'x' }, 0, 'has_comments accept'],
    [{ ...firefox, HangID: 'x' }, 0, 'has_hangid_and_browser reject'],
    [{ ...firefox, HangID: 'x', ProcessType: 'plugin' }, 0, 'is_background accept'],
    [{ ...firefox, Version: '57.0', BuildID: '2017', SubmittedFromInfobar: 'true' }, 0, 'infobar_is_true reject'],
    [{ ProductName: 'B2G' }, 0, 'b2g fakeAccept'],
    [{ ProductName: 'Other' }, 0, 'unsupported_product reject'],
    [{ ...firefox, Throttleable: '0' }, 0.5, 'throttleable_0 accept'],
    [{ ...firefox, PHCKind: 'x' }, 0.5, 'has_phc accept'],
    [{ ...firefox, ReleaseChannel: 'nightly', ipc_channel_error: 'ShutDownKill' }, 0.5, 'is_shutdownkill reject'],
    [{ ...firefox, ReleaseChannel: 'nightly', ipc_channel_error: 'ShutDownKill' }, 0.05, 'is_nightly accept'],
    [
      { ...firefox, ReleaseChannel: 'esr', TelemetryEnvironment: windows(9600) },
      0.5,
      'is_firefox_esr_unsupported_windows reject',
    ],
    [{ ...firefox, ReleaseChannel: 'esr', TelemetryEnvironment: windows(9600) }, 0.2, 'is_alpha_beta_esr accept'],
    [{ ...firefox, ReleaseChannel: 'esr', TelemetryEnvironment: windows(22631) }, 0.5, 'is_alpha_beta_esr accept'],
    [{ ...firefox, ReleaseChannel: 'esr', TelemetryEnvironment: '{' }, 0.5, 'is_alpha_beta_esr accept'],
    [firefox, 0.05, 'is_firefox_desktop accept'],
    [firefox, 0.5, 'is_firefox_desktop reject'],
    [{ ...firefox, ProductName: 'Fenix' }, 0.5, 'accept_everything accept'],
  ])('decide %o at %d: %s', (annotations, chance, decision) => {
    expect(decide(annotations, chance)).toBe(decision);
  });

  it('come in their own order', () => {
    expect(rules.map((rule) => rule.order)).toEqual([...rules.keys()].map((index) => 1000 + index));
  });
});
