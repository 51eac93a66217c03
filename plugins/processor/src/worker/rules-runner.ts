/**
 * Runs rules where they can be stopped. The thread is started at the first crash and ended when idle. A rule that
 * exceeds its budget or ends the thread is recorded, the crash is run again without it, and after some stops it is
 * parked: left out until the next start or reload, and said so in every run.
 */
import type {
  AnnotationField,
  Logger,
  Milliseconds,
  ParkedRule,
  PluginCatalog,
  ProcessedCrash,
  RawCrash,
  RuleModuleReference,
  RuleOutcome,
  RulesetInOrder,
} from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { OrderedRulesets } from '../rules/ordered-rulesets.js';
import type { OrderedRuleset } from '../rules/ordered-rulesets.js';
import type { RuleFacts } from '../rules/rule-facts.js';
import { orderRules } from '../rules/rule-order.js';
import { readParts } from '../rules/rule-parts.js';
import type { RulesResult } from '../rules/run-rules.js';
import { RulesThread } from './rules-thread.js';
import type { Stopped } from './rules-thread.js';

export interface RulesRunnerOptions {
  program: URL;
  /** For the thread; none outside tests. */
  execArgv?: readonly string[];
  catalog: Pick<PluginCatalog, 'ruleModules' | 'preloads' | 'onChange'>;
  /** Fields that come from annotations, as the dictionary has them now. */
  fields: () => readonly AnnotationField[];
  logger: Logger;
  parkAfter: number;
  idleAfter: Milliseconds;
  /** A module may take so long to load with what it imports, a job so long between two rules; 20 s when absent. */
  quietLimit?: Milliseconds;
}

export interface RulesJob {
  raw: RawCrash;
  processed: ProcessedCrash;
  ruleset: string;
  /** Bytes of an attachment; null when it is gone. Asked only for what a rule declares. */
  readPart(name: string): Promise<Uint8Array | null>;
  /** Only these rules of the ruleset; all when absent. */
  only?: readonly string[];
}

interface Loaded {
  thread: RulesThread;
  rules: RuleFacts[];
}

/** What a stopped rule's outcome says. */
type Left = Pick<RuleOutcome, 'outcome' | 'errorClass' | 'duration'>;

export class RulesRunner {
  private loaded: Promise<Loaded> | null = null;
  private current: RulesThread | null = null;
  private turn: Promise<unknown> = Promise.resolve();
  private jobs = 0;
  private rulesets: OrderedRulesets | null = null;
  private idleTimer: NodeJS.Timeout | null = null;
  private isClosed = false;
  private readonly stops = new Map<string, { facts: RuleFacts; count: number }>();
  /** Modules that hang while they load, by URL. */
  private readonly hangingModules = new Set<string>();
  private readonly forget: () => void;

  constructor(private readonly options: RulesRunnerOptions) {
    this.forget = options.catalog.onChange(() => {
      this.stops.clear();
      this.hangingModules.clear();
      void this.exclusive(() => this.endThread());
    });
  }

  /** One crash at a time. Outcomes stand in the order of the rules, those of left-out rules with them. */
  run(job: RulesJob): Promise<RulesResult> {
    return this.exclusive(async () => {
      if (this.isClosed) throw closed();
      if (this.idleTimer !== null) clearTimeout(this.idleTimer);
      try {
        return await this.runUntilDone(job);
      } finally {
        this.idleTimer = setTimeout(() => void this.exclusive(() => this.endThread()), this.options.idleAfter).unref();
      }
    });
  }

  /** Starts the thread, so that it is ready when the dump has been walked. */
  prepare(): void {
    if (this.isRunning || this.isClosed) return;
    this.exclusive(() => this.ready()).catch((error: unknown) => {
      this.options.logger.debug({ error: String(error) }, 'The rules’ thread did not start; the next run tries again');
    });
  }

  parkedRules(): ParkedRule[] {
    return [...this.stops.values()]
      .filter(({ count }) => count >= this.options.parkAfter)
      .map(({ facts, count }) => ({ rule: facts.id, plugin: facts.plugin, stops: count, budget: facts.budget }));
  }

  /** The rules of a ruleset in their order, and what can't be ordered. Starts the thread. */
  async describe(ruleset: string): Promise<Pick<RulesetInOrder, 'rules' | 'problems'>> {
    const rules = await this.exclusive(async () => (await this.ready()).rules);
    const { ordered, problems } = this.rulesetsOf(rules).get(ruleset);
    return {
      rules: ordered.map(({ id, plugin, title, version, reads, writes, budget }) => {
        const stops = this.stops.get(id)?.count ?? 0;
        const isParked = stops >= this.options.parkAfter;
        return { id, plugin, title, version, reads, writes, budget, stops, isParked };
      }),
      problems: problems.map(({ rules: left, error: { code, message, hint = '' } }) => ({
        code,
        message,
        hint,
        rules: left,
      })),
    };
  }

  /** For tests and status. */
  get isRunning(): boolean {
    return this.current?.isAlive ?? false;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.forget();
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    await this.endThread();
  }

  private async runUntilDone(job: RulesJob): Promise<RulesResult> {
    const { raw, processed } = job;
    const left = new Map<string, Left>();
    for (;;) {
      const { thread, rules } = await this.ready();
      const rulesets = this.rulesetsOf(rules);
      const { copied } = rulesets;
      const { members, ordered, problems } = chosen(rulesets.get(job.ruleset), job, copied);
      for (const problem of problems) {
        const errorClass = problem.error.code;
        for (const rule of problem.rules) left.set(rule, { outcome: 'failed', errorClass, duration: 0 });
      }
      for (const { rule } of this.parkedRules()) left.set(rule, left.get(rule) ?? { outcome: 'parked', duration: 0 });
      const wanted = ordered.filter((rule) => !left.has(rule.id));
      const parts = await readParts(job, wanted);
      const outcome = await thread.run(
        {
          job: ++this.jobs,
          rules: wanted.map((rule) => rule.id),
          fields: copied,
          input: { crashId: raw.crashId, raw, processed, parts },
        },
        wanted.map((rule) => rule.budget),
      );
      if (!('stopped' in outcome)) return withLeftOut(outcome, [...ordered, ...leftOutOf(members, ordered)], left);
      await this.endThread();
      if (this.isClosed) throw closed();
      const rule = outcome.index === null ? undefined : wanted[outcome.index];
      if (rule === undefined) {
        throw new FaultlineError('Internal', 'RULES_THREAD_ENDED', 'The rules’ thread ended between two rules.');
      }
      left.set(rule.id, this.recordStop(rule, outcome));
    }
  }

  private recordStop(rule: RuleFacts, { stopped }: Stopped): Left {
    const count = (this.stops.get(rule.id)?.count ?? 0) + 1;
    this.stops.set(rule.id, { facts: rule, count });
    const facts = { rule: rule.id, stops: count, budget: rule.budget };
    this.options.logger.warn(facts, stopped === 'budget' ? 'A rule exceeded its budget' : 'A rule ended its thread');
    if (count === this.options.parkAfter) this.options.logger.error(facts, 'The rule is parked until the next start');
    if (stopped === 'budget') return { outcome: 'timed-out', duration: rule.budget, errorClass: 'BudgetExceeded' };
    return { outcome: 'failed', duration: 0, errorClass: 'ThreadEnded' };
  }

  private rulesetsOf(rules: RuleFacts[]): OrderedRulesets {
    const fields = this.options.fields();
    if (this.rulesets?.isOf(rules, fields) !== true) this.rulesets = new OrderedRulesets(rules, fields);
    return this.rulesets;
  }

  private async ready(): Promise<Loaded> {
    if (this.loaded !== null && this.current?.isAlive === true) return await this.loaded;
    this.loaded = this.load();
    this.loaded.catch(() => (this.loaded = null));
    return await this.loaded;
  }

  private async load(): Promise<Loaded> {
    const { program, execArgv = [], catalog, logger } = this.options;
    for (;;) {
      if (this.isClosed) throw closed();
      const modules = catalog.ruleModules().filter(({ module }) => !this.hangingModules.has(module));
      const thread = new RulesThread({
        program,
        execArgv,
        modules,
        preloads: catalog.preloads(),
        quietLimit: this.options.quietLimit ?? 20_000,
      });
      this.current = thread;
      const answer = await thread.load();
      if (!('hanging' in answer)) {
        for (const { plugin, code, message } of answer.problems) logger.error({ rulesOf: plugin, code }, message);
        this.reportOrder(answer.rules);
        return { thread, rules: answer.rules };
      }
      await this.endThread();
      if (this.isClosed) throw closed();
      const culprit: RuleModuleReference | undefined = answer.hanging === null ? undefined : modules[answer.hanging];
      if (culprit === undefined) {
        throw new FaultlineError('Unavailable', 'RULES_THREAD_FAILED', 'The rules’ thread could not be started.', {
          hint: 'Build the server (npm run build); look at the log for what it printed.',
        });
      }
      this.hangingModules.add(culprit.module);
      logger.error({ rulesOf: culprit.plugin, code: 'RULE_MODULE_HANGS' }, 'A rule module never finished loading');
    }
  }

  /** Said once for each start of the thread; the runs name the rules again. */
  private reportOrder(rules: RuleFacts[]): void {
    const rulesets = this.rulesetsOf(rules);
    for (const ruleset of rulesets.names()) {
      for (const { error } of rulesets.get(ruleset).problems) {
        this.options.logger.error({ ruleset, code: error.code, hint: error.hint }, error.message);
      }
    }
  }

  private async endThread(): Promise<void> {
    const thread = this.current;
    this.current = null;
    this.loaded = null;
    await thread?.end();
  }

  private exclusive<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(action);
    this.turn = mine.catch(() => {
      // The caller hears of it.
    });
    return mine;
  }
}

/** The whole ruleset, or some of its rules. @throws NotFound RULE_UNKNOWN */
function chosen(
  whole: OrderedRuleset,
  { ruleset, only }: RulesJob,
  copied: readonly AnnotationField[],
): OrderedRuleset {
  if (only === undefined) return whole;
  const unknown = only.filter((id) => !whole.members.some((rule) => rule.id === id));
  if (unknown.length > 0) {
    const what = `Ruleset "${ruleset}" has no rule "${unknown.join('", "')}".`;
    throw new FaultlineError('NotFound', 'RULE_UNKNOWN', what, {
      hint: `Its rules: ${whole.members.map(({ id }) => id).join(', ')}.`,
    });
  }
  const members = whole.members.filter(({ id }) => only.includes(id));
  return { members, ...orderRules(members, copied) };
}

function leftOutOf(members: readonly RuleFacts[], ordered: readonly RuleFacts[]): RuleFacts[] {
  return members.filter((rule) => !ordered.some(({ id }) => id === rule.id));
}

function withLeftOut(result: RulesResult, all: readonly RuleFacts[], left: ReadonlyMap<string, Left>): RulesResult {
  const byRule = new Map(result.outcomes.map((outcome) => [outcome.rule, outcome]));
  const outcomes = all.flatMap(({ id, version }): RuleOutcome[] => {
    const outcome = byRule.get(id);
    if (outcome !== undefined) return [outcome];
    const why = left.get(id);
    return why === undefined ? [] : [{ rule: id, version, fields: [], notes: [], ...why }];
  });
  return { changes: result.changes, outcomes };
}

function closed(): FaultlineError {
  return new FaultlineError('Unavailable', 'RULES_CLOSED', 'The server is stopping.');
}
