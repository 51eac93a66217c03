import {
  AuditLog,
  Clock,
  CrashStorage,
  definePlugin,
  FieldDefinition,
  HttpRoute,
  Job,
  JobRunner,
  RuleSettings,
  ServerInfo,
  SignatureRule,
  SinkNames,
  StateStore,
} from '@faultline/sdk';
import { mostFrames } from '@faultline/signature';
import { SignatureConfig } from './config.js';
import { signatureFields } from './fields.js';
import { describeProblem } from './folder-lists.js';
import { followLists } from './lists/follow-lists.js';
import { OperatorLists, type ListsInForce } from './lists/operator-lists.js';
import { readyLists } from './lists/ready-lists.js';
import { loadSteps } from './load-steps.js';
import { applyJob, previewJob, undoJob } from './plans/list-jobs.js';
import { PlanStore } from './plans/plan.js';
import { listRoutes } from './routes/list-routes.js';
import { signatureSettings } from './signature-settings.js';
import { Signer } from './signer.js';

/** The rule itself runs in the rules' worker: see `rules.ts`. */
export default definePlugin({
  config: SignatureConfig,
  async activate(context) {
    const { config, logger } = context;
    for (const field of signatureFields) context.contribute(FieldDefinition, field);

    const state = context.resolve(StateStore);
    const clock = context.resolve(Clock);
    const storage = context.resolve(CrashStorage);
    const lists = new OperatorLists({
      state,
      clock,
      folder: config.lists?.folder ?? null,
      rules: { ruleset: config.ruleset, products: config.products, frames: mostFrames, without: [] },
    });
    await lists.refresh();
    const tell = () => {
      const { texts, origins, version } = lists.inForce();
      logger.info({ version, origins }, 'Signature lists read');
      // The built-in ones have none, and to compile them would take a part of each start.
      if (Object.values(origins).every((origin) => origin === 'built-in')) return;
      for (const problem of readyLists(texts, origins).problems) logger.warn({ problem }, describeProblem(problem));
    };
    tell();
    context.onStop(lists.onChange(tell));
    followLists(lists, { state, clock, logger, signal: context.signal, hasFolder: config.lists !== undefined });

    const steps = context.contributions(SignatureRule);
    const stepModules = () => steps.all().map(({ value }) => value);
    context.contribute(RuleSettings, {
      id: 'signature',
      current: () => signatureSettings(lists.inForce(), stepModules()),
      onChange: (listener) => {
        const forgets = [lists.onChange(listener), steps.onChange(listener)];
        return () => forgets.forEach((forget) => forget());
      },
    });

    const signer = async ({ texts, origins, rules }: ListsInForce) =>
      new Signer({ ...rules, lists: readyLists(texts, origins), steps: await loadSteps(stepModules()) });
    const plans = new PlanStore(state);
    const parts = {
      lists,
      plans,
      storage,
      clock,
      signer,
      server: context.resolve(ServerInfo),
      // Asked for when needed: who knows them may start later.
      sinks: () => context.resolve(SinkNames).all(),
    };
    for (const job of [previewJob(parts), applyJob(parts), undoJob(parts)]) context.contribute(Job, job);
    const routes = listRoutes({
      lists,
      plans,
      storage,
      signer,
      audit: context.resolve(AuditLog),
      jobs: () => context.resolve(JobRunner),
    });
    for (const route of routes) context.contribute(HttpRoute, route);
  },
});
