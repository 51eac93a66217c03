import { defineRoute, type AuditLog, type CrashStorage, type HttpRoute, type JobRunner } from '@faultline/sdk';
import {
  SignatureListCheck,
  SignatureListPreview,
  SignatureListProblems,
  SignatureListRun,
  SignatureLists,
  SignatureListTest,
  SignatureListTestAnswer,
  SignatureListUpdate,
  SignaturePlan,
} from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { optionalSteps, signatureListFiles, signatureListNames } from '@faultline/signature';
import { z } from 'zod';
import { editText } from '../lists/edit-text.js';
import { listWords } from '../lists/list-words.js';
import type { ListsInForce, OperatorLists } from '../lists/operator-lists.js';
import { readyLists } from '../lists/ready-lists.js';
import type { PlanStore } from '../plans/plan.js';
import type { Signer } from '../signer.js';

const shownHistory = 50;
const planParameters = z.strictObject({ id: z.string().max(100) });

export interface ListRouteServices {
  lists: OperatorLists;
  plans: PlanStore;
  storage: Pick<CrashStorage, 'processedCrash'>;
  audit: AuditLog;
  /** Asked for when needed: jobs may start later. */
  jobs(): JobRunner;
  signer(lists: ListsInForce): Promise<Signer>;
}

export function listRoutes(services: ListRouteServices): HttpRoute[] {
  const { lists, plans, storage, jobs, signer, audit } = services;
  const runs = (action: 'apply' | 'undo'): HttpRoute =>
    defineRoute({
      id: `signature/${action}-plan`,
      method: 'POST',
      path: `/api/v1/signature-lists/plans/:id/${action}`,
      summary:
        action === 'apply'
          ? 'Applies a plan: its lists, and the signatures that it lists'
          : 'Undoes a plan: the lists as they were, and the signatures',
      access: 'manage',
      request: { params: planParameters },
      response: SignatureListRun,
      async handle({ params, principal }) {
        const plan = await plans.get(params.id);
        const by = { id: principal.id, name: principal.name };
        const run = await jobs().start(`signature/${action}-lists`, { plan: plan.id, by }, principal.id);
        await audit.record({
          actor: principal.id,
          actorName: principal.name,
          action: `signature-lists.${action}`,
          target: plan.id,
          details: { moved: plan.moved, run: run.id },
        });
        return { status: 202, body: { run: run.id } satisfies SignatureListRun };
      },
    });
  return [
    defineRoute({
      id: 'signature/lists',
      method: 'GET',
      path: '/api/v1/signature-lists',
      summary: 'The signature lists in force, their problems and who changed what',
      access: 'signed-in',
      response: SignatureLists,
      async handle() {
        await lists.refresh();
        return { body: await listsAnswer(lists) };
      },
    }),
    defineRoute({
      id: 'signature/save-lists',
      method: 'PUT',
      path: '/api/v1/signature-lists',
      summary: 'Saves edited lists for crashes that come from now on',
      access: 'manage',
      request: { body: SignatureListUpdate },
      response: SignatureLists,
      async handle({ body, principal }) {
        await lists.refresh();
        const { edited } = lists.after(body.lists);
        const text = editText(lists.inForce().edited, edited);
        const version = await lists.write(edited, body.version, { principal, text, plan: '' });
        await audit.record({
          actor: principal.id,
          actorName: principal.name,
          action: 'signature-lists.save',
          target: String(version),
          details: { text },
        });
        return { body: await listsAnswer(lists) };
      },
    }),
    defineRoute({
      id: 'signature/check-lists',
      method: 'POST',
      path: '/api/v1/signature-lists/check',
      summary: 'What is wrong with edited lists, by file and line',
      access: 'signed-in',
      request: { body: SignatureListCheck },
      response: SignatureListProblems,
      handle({ body }) {
        const { texts, origins } = lists.after(body.lists);
        return { body: { problems: [...readyLists(texts, origins).problems] } };
      },
    }),
    defineRoute({
      id: 'signature/test-lists',
      method: 'POST',
      path: '/api/v1/signature-lists/test',
      summary: 'The signature of one crash with the lists in force and with edited ones, and why',
      access: 'signed-in',
      request: { body: SignatureListTest },
      response: SignatureListTestAnswer,
      async handle({ body }) {
        const crash = await storage.processedCrash(body.crashId.trim().replace(/^bp-/, ''));
        if (crash === null) {
          throw new FaultlineError('NotFound', 'CRASH_UNKNOWN', 'There is no processed crash of this id.', {
            hint: 'Copy a crash id from a report; one that is still being processed has no stack yet.',
          });
        }
        const current = (await signer(lists.inForce())).sign(crash);
        const edited = (await signer(lists.after(body.lists))).sign(crash);
        const answer: SignatureListTestAnswer = {
          stored: crash.signature,
          current: current.signature,
          edited: edited.signature,
          frames: edited.frames.map(({ name, verdict, reason, entry }) => ({
            name,
            verdict,
            reason,
            entry: entry ?? null,
          })),
          notes: edited.notes,
        };
        return { body: answer };
      },
    }),
    defineRoute({
      id: 'signature/preview-lists',
      method: 'POST',
      path: '/api/v1/signature-lists/preview',
      summary: 'Lists what edited lists would do to the newest crashes, as a job',
      access: 'triage',
      request: { body: SignatureListPreview },
      response: SignatureListRun,
      async handle({ body, principal }) {
        // Refused here rather than in the job, where nobody looks at once.
        lists.after(body.lists);
        const by = { id: principal.id, name: principal.name };
        const run = await jobs().start('signature/preview-lists', { ...body, by }, principal.id);
        return { status: 202, body: { run: run.id } satisfies SignatureListRun };
      },
    }),
    defineRoute({
      id: 'signature/plan',
      method: 'GET',
      path: '/api/v1/signature-lists/plans/:id',
      summary: 'What a change of the lists would do, or has done',
      access: 'signed-in',
      request: { params: planParameters },
      response: SignaturePlan,
      async handle({ params }) {
        const {
          before: _before,
          after: _after,
          chunks: _chunks,
          appliedAs: _as,
          ...shown
        } = await plans.get(params.id);
        return { body: shown satisfies SignaturePlan };
      },
    }),
    runs('apply'),
    runs('undo'),
  ];
}

async function listsAnswer(lists: OperatorLists): Promise<SignatureLists> {
  const { version, texts, origins, rules, edited } = lists.inForce();
  const ready = readyLists(texts, origins);
  const counts = {
    irrelevant: ready.irrelevant.entries.length,
    prefix: ready.prefix.entries.length,
    sentinels: ready.sentinels.size,
    withLineNumbers: ready.withLineNumbers.entries.length,
  };
  return {
    version,
    lists: signatureListNames.map((name) => ({
      name,
      ...listWords[name],
      file: signatureListFiles[name],
      origin: origins[name],
      text: texts[name],
      entries: counts[name],
    })),
    rules: {
      ...rules,
      origin: edited.rules === undefined ? 'configuration' : 'app',
      steps: optionalSteps.map(({ name, title }) => ({ name, title })),
    },
    problems: [...ready.problems],
    history: (await lists.history(shownHistory)).map(({ version: at, at: date, actorName, text, plan }) => ({
      version: at,
      at: date,
      actorName,
      text,
      plan,
    })),
  };
}
