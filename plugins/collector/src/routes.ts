import { defineRoute, type HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import { CountsAnswer } from './admission/counts.js';
import { submit, type Intake } from './submission.js';
import { DryRunAnswer } from './throttle/dry-run.js';
import { ThrottleConfig } from './throttle/throttle-config.js';

const RulesAnswer = z.object({
  since: z.string().describe('When the counting began, UTC.'),
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      plugin: z.string().describe('Plugin that brings the rule; "" for one of the configuration.'),
      hits: z.record(z.string(), z.int()).describe('Posts that it decided, by what became of them.'),
    }),
  ),
});

function rulesInForce({ throttler, counts }: Intake): z.output<typeof RulesAnswer> {
  const rules = throttler.rules().map((rule) => ({ ...rule, hits: counts.decidedBy(rule.id) }));
  return { since: counts.answer().since, rules };
}

const post = { method: 'POST', access: 'open', stream: true, response: null, produces: 'text/plain' } as const;

/** The paths that crash reporters post to, and what an admin asks. */
export function collectorRoutes(
  intake: Intake,
  tryRules: (proposed: ThrottleConfig) => z.output<typeof DryRunAnswer>,
): HttpRoute[] {
  return [
    {
      ...post,
      id: 'collector/submit',
      path: '/submit',
      summary: 'Take one crash report (multipart/form-data or multipart/mixed)',
      handle: (request) => submit(intake, request),
    },
    defineRoute({
      ...post,
      id: 'collector/submit-with-key',
      path: '/submit/:key',
      summary: 'Take one crash report; the submit key stands in the path',
      request: { params: z.object({ key: z.string() }) },
      handle: (request) => submit(intake, request, { key: request.params.key, answers: 'CrashID' }),
    }),
    {
      ...post,
      id: 'collector/minidump',
      path: '/api/:project/minidump',
      summary: 'Take one crash report as Sentry-style clients send it; the answer is the bare id',
      handle: (request) => submit(intake, request, { key: '', answers: 'bare id' }),
    },
    defineRoute({
      id: 'collector/counts',
      method: 'GET',
      path: 'counts',
      summary: 'What became of the posts since this process began, by outcome and reason',
      access: 'signed-in',
      response: CountsAnswer,
      handle: () => ({ body: intake.counts.answer() }),
    }),
    defineRoute({
      id: 'collector/throttle-rules',
      method: 'GET',
      path: 'throttle/rules',
      summary: 'The throttle rules in force, of the configuration and of plugins, and how often each decided',
      access: 'signed-in',
      response: RulesAnswer,
      handle: () => ({ body: rulesInForce(intake) }),
    }),
    defineRoute({
      id: 'collector/dry-run',
      method: 'POST',
      path: 'throttle/dry-run',
      summary: 'Try throttle rules on the last posts, beside the rules of today; changes nothing',
      access: 'manage',
      request: { body: ThrottleConfig },
      response: DryRunAnswer,
      handle: ({ body }) => ({ body: tryRules(body) }),
    }),
  ];
}
