import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FaultlineError, HttpFront, type AuditLog, type Clock } from '@faultline/sdk';
import type {
  ConfigurationApplied,
  ConfigurationChange,
  ConfigurationDetail,
  ConfigurationHistory,
  ConfigurationReview,
} from '@faultline/sdk/api';
import { systemErrorCode } from '@faultline/sdk/errors';
import type { ValidPlugin } from '../boot/plugin-record.js';
import type { RunningPlugins } from '../boot/running-plugins.js';
import type { Configuration } from '../config/configuration.js';
import { ConfigHistory } from './config-history.js';
import { editConfigText } from './edit-text.js';
import { inspectText, type ConfigPlace, type HostParts, type InspectedConfig } from './inspect-text.js';
import { overridden, reviewChange } from './review.js';
import { sectionsOf } from './setting-sections.js';
import { writeWhole } from './write-whole.js';

export interface ConfiguratorParts {
  /** What this process was started with; its environment and command line hold for every text. */
  configuration: Configuration;
  place: ConfigPlace;
  parts: HostParts;
  /** Null where no server runs: everything needs a restart then. */
  plugins: RunningPlugins | null;
  clock: Pick<Clock, 'now'>;
  audit?: AuditLog;
}

/** Who changes something. */
export interface ConfigActor {
  id: string;
  name: string;
}

interface Proposal {
  before: InspectedConfig;
  after: InspectedConfig;
  text: string;
  oldText: string;
  review: ConfigurationReview;
}

/** Changes the configuration file of a server: checked first, kept in a history, and taken up where that can be. */
export class Configurator {
  private readonly history: ConfigHistory;
  /** One change at a time in this process; another process is met by the file's revision. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly given: ConfiguratorParts) {
    this.history = new ConfigHistory(path.join(given.place.dataFolder, 'config-history'));
  }

  async current(): Promise<ConfigurationDetail> {
    const text = await this.read();
    const inspected = await this.inspect(text);
    const newest = await this.history.newest();
    return {
      file: this.given.place.configFile,
      revision: revisionOf(text),
      isEditedByHand: newest !== null && newest.text !== text,
      problems: inspected.problems,
      waiting: await this.waiting(inspected),
      sections: sectionsOf(inspected, this.live()),
    };
  }

  async review(change: ConfigurationChange): Promise<ConfigurationReview> {
    return (await this.propose(change)).review;
  }

  /**
   * Writes the change and lets plugins take it up. Throws `Malformed CONFIG_INVALID` with the review in `details`,
   * `Conflict CONFIG_NEEDS_YES` for dangers without `isSure`, `Conflict CONFIG_CHANGED` when the file is another than
   * the change was made for, and `Conflict CONFIG_NOT_TAKEN`, with the file as before, when a plugin fails with it.
   */
  apply(change: ConfigurationChange, wish: { isSure: boolean; by: ConfigActor }): Promise<ConfigurationApplied> {
    return this.inTurn(() => this.applyNow(change, { ...wish, what: 'apply' }));
  }

  /** Puts the text of a former change back; see `apply`. Throws `NotFound CONFIG_HISTORY_UNKNOWN`. */
  rollback(number: number, wish: { isSure: boolean; by: ConfigActor }): Promise<ConfigurationApplied> {
    return this.inTurn(async () => {
      const { text } = await this.history.entry(number);
      return this.applyNow({ revision: '', text }, { ...wish, what: 'rollback' });
    });
  }

  async changes(): Promise<ConfigurationHistory> {
    return { entries: await this.history.entries() };
  }

  private async applyNow(
    change: ConfigurationChange,
    { isSure, by, what }: { isSure: boolean; by: ConfigActor; what: 'apply' | 'rollback' },
  ): Promise<ConfigurationApplied> {
    const proposal = await this.propose(change);
    const { review, text, oldText } = proposal;
    requireGood(review, isSure);
    await this.keepHandEdit(oldText);
    await writeWhole(this.given.place.configFile, text, 0o644);
    const taken = await this.takeUp(proposal);
    const settings = review.differences.map(({ name }) => name);
    const at = new Date(this.given.clock.now()).toISOString();
    const number = await this.history.add({ at, by: by.name, what, settings, text });
    await this.given.audit?.record({
      actor: by.id,
      actorName: by.name,
      action: `config.${what}`,
      target: String(number),
      details: { settings },
    });
    return { revision: revisionOf(text), review, ...taken };
  }

  private async propose({ revision, changes = [], text }: ConfigurationChange): Promise<Proposal> {
    const oldText = await this.read();
    if (revision !== '' && revision !== revisionOf(oldText)) {
      throw new FaultlineError('Conflict', 'CONFIG_CHANGED', 'The configuration was changed meanwhile.', {
        hint: 'Load it again and look at what the other change did; yours was not applied.',
      });
    }
    const before = await this.inspect(oldText);
    const newText = text ?? editConfigText(oldText, changes);
    const after = await this.inspect(newText);
    const review = reviewChange(before, after, this.live());
    const names = changes.map(({ name }) => name);
    review.differences.push(...overridden(names, after.settings));
    return { before, after, text: newText, oldText, review };
  }

  /** Starts the plugins anew that have other settings now and can be; with the old text again when one fails. */
  private async takeUp({
    after,
    oldText,
    review,
  }: Proposal): Promise<Pick<ConfigurationApplied, 'reloaded' | 'needRestart'>> {
    const sections = new Set(review.differences.map(({ name }) => name.split('.')[0] ?? ''));
    const can = this.live();
    const live = [...sections].filter((section) => can.has(section));
    const needRestart = [...sections].filter((section) => !live.includes(section));
    const { plugins } = this.given;
    const { config } = after;
    if (plugins === null || config === null) return { reloaded: [], needRestart: [...sections] };
    for (const id of live) {
      const record = this.running.find(({ state }) => state.id === id) as ValidPlugin;
      await plugins.reload(record, config.configuration);
      if (record.state.state === 'active') continue;
      const { message = '', hint = '' } = record.state.error ?? {};
      await writeWhole(this.given.place.configFile, oldText, 0o644);
      const { config: old } = await this.inspect(oldText);
      for (const back of live) {
        const one = this.running.find(({ state }) => state.id === back) as ValidPlugin;
        if (old !== null) await plugins.reload(one, old.configuration);
      }
      throw new FaultlineError('Conflict', 'CONFIG_NOT_TAKEN', `${id} could not start with it: ${message}`, {
        hint: `${hint} The configuration is as it was before.`,
      });
    }
    return { reloaded: live, needRestart };
  }

  /** Settings that the file has otherwise than this process runs with. */
  private async waiting(onDisk: InspectedConfig): Promise<string[]> {
    if (this.given.plugins === null || onDisk.config === null) return [];
    const running = new Map(this.running.flatMap(({ settings }) => settings).map((one) => [one.name, one.value]));
    const ofHost = await this.inspect(this.given.configuration.file?.text ?? '');
    for (const { name, value } of ofHost.config?.settings ?? []) running.set(name, value);
    return onDisk.settings
      .filter(({ name, value }) => running.has(name) && JSON.stringify(running.get(name)) !== JSON.stringify(value))
      .map(({ name }) => name);
  }

  private async keepHandEdit(text: string): Promise<void> {
    const newest = await this.history.newest();
    if (newest?.text === text) return;
    const at = new Date(this.given.clock.now()).toISOString();
    await this.history.add({ at, by: '', what: 'hand edit', settings: [], text });
  }

  /**
   * Plugins that can be started anew while the server runs: those that others hold nothing of. One that has fronts in
   * other processes is not among them: they would go on with the old settings.
   */
  private live(): ReadonlySet<string> {
    const fronts = new Set(
      this.given.plugins
        ?.contributions(HttpFront)
        .all()
        .map(({ plugin }) => plugin),
    );
    const able = this.running.filter(
      ({ state, manifest }) => state.state === 'active' && manifest?.provides.length === 0 && !fronts.has(state.id),
    );
    return new Set(able.map(({ state }) => state.id));
  }

  private get running(): RunningPlugins['records'] {
    return this.given.plugins?.records ?? [];
  }

  private inspect(text: string): Promise<InspectedConfig> {
    return inspectText(text, this.given);
  }

  /** "" when there is none yet. */
  private async read(): Promise<string> {
    try {
      return await readFile(this.given.place.configFile, 'utf8');
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return '';
      throw error;
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work, work);
    this.turn = mine;
    return mine;
  }
}

function requireGood(review: ConfigurationReview, isSure: boolean): void {
  const [problem] = review.problems;
  if (problem !== undefined) {
    throw new FaultlineError('Malformed', 'CONFIG_INVALID', problem.message, {
      hint: problem.hint,
      details: { problems: review.problems },
    });
  }
  if (review.dangers.length > 0 && !isSure) {
    throw new FaultlineError('Conflict', 'CONFIG_NEEDS_YES', review.dangers.map(({ message }) => message).join(' '), {
      hint: 'Apply it again with a second yes (`sure=true`, `--yes`) if that is meant.',
      details: { dangers: review.dangers },
    });
  }
}

function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
