import { abortMessage } from './rules/abort-message.js';
import { badHardware } from './rules/bad-hardware.js';
import { baseSignature } from './rules/base-signature.js';
import { hungProcess } from './rules/hung-process.js';
import { ipcChannelError, ipcMessageName } from './rules/ipc.js';
import { outOfMemory } from './rules/out-of-memory.js';
import { printableCharacters } from './rules/printable.js';
import { runWatchdog } from './rules/run-watchdog.js';
import { shutdownTimeout } from './rules/shutdown-timeout.js';
import type { SignatureRule } from './rules/signature-rule.js';
import { stackOverflow } from './rules/stack-overflow.js';
import { stackwalkerError } from './rules/stackwalker-error.js';
import { truncate } from './rules/truncate.js';
import { whiteSpace } from './rules/white-space.js';

/** Functions that end a program of any make when memory is out. */
const genericOutOfMemory = [
  'alloc::alloc::handle_alloc_error',
  'alloc::oom::oom',
  'base::internal::OnNoMemoryInternal',
  'base::TerminateBecauseOutOfMemory',
  'node::OOMErrorHandler',
  'partition_alloc::internal::OnNoMemoryInternal',
  'std::__throw_bad_alloc',
  'v8::internal::V8::FatalProcessOutOfMemory',
];

/** The rules for any product, in order. */
export const defaultRuleset: readonly SignatureRule[] = [
  baseSignature,
  stackwalkerError,
  badHardware,
  outOfMemory(genericOutOfMemory),
  abortMessage,
  stackOverflow,
  hungProcess,
  printableCharacters,
  whiteSpace,
  truncate,
];

/** Functions that end a Gecko program when memory is out. */
const geckoOutOfMemory = [
  'NS_ABORT_OOM',
  'mozalloc_handle_oom',
  'CrashAtUnhandlableOOM',
  'AutoEnterOOMUnsafeRegion',
  'alloc::oom::oom',
];

/** All rules of Socorro, in its order (socorro.md section 5.1): for crashes of Gecko products. */
export const socorroRuleset: readonly SignatureRule[] = [
  baseSignature,
  stackwalkerError,
  badHardware,
  outOfMemory(geckoOutOfMemory),
  abortMessage,
  shutdownTimeout,
  runWatchdog,
  ipcChannelError,
  ipcMessageName,
  stackOverflow,
  hungProcess,
  printableCharacters,
  whiteSpace,
  truncate,
];

/** Steps that make the signature and make it fit for its field: they can't be left out. */
const needed: readonly SignatureRule[] = [baseSignature, printableCharacters, whiteSpace, truncate];

/** The steps of all rulesets that somebody may do without, by the names that explanations show. */
export const optionalSteps: readonly Pick<SignatureRule, 'name' | 'title'>[] = socorroRuleset.filter(
  (rule) => !needed.includes(rule),
);

/** By the name that a configuration gives. */
export const rulesets = { default: defaultRuleset, socorro: socorroRuleset } as const;
export type RulesetName = keyof typeof rulesets;
