import type { CliServer } from '@faultline/sdk/cli-command';
import type { CrashId } from '@faultline/sdk';

/** What came of a check, and what a person should know of it. */
export interface Verdict {
  /** `skipped`: it could not be tried; `what` says what it takes. */
  outcome: 'ok' | 'failed' | 'skipped';
  what: string;
}

/** The server that is tried, and what earlier checks have found. */
export interface Subject {
  /** Without a slash at its end; with its base path. */
  url: URL;
  server: CliServer;
  /** Of the product; null: none is asked for. */
  submitKey: string | null;
  /** Milliseconds that the crash may take from its post to the index. */
  patience: number;
  /** Milliseconds that one answer may take. */
  answerLimit: number;
  /** Of every post. */
  annotations: Readonly<Record<string, string>>;
  /** Annotations whose post a throttle rule must discard; null: none was named. */
  discarded: Readonly<Record<string, string>> | null;
  mayErase: boolean;
  /** The crash that was accepted; null before, and when none was. */
  accepted: { crashId: CrashId | null };
  signal: AbortSignal;
}

/** One line of the table. */
export interface Check {
  name: string;
  /** It waits for the crash, not just for answers. */
  isPatient?: boolean;
  /** An error that it throws is a failure in its words. */
  run(subject: Subject): Promise<Verdict>;
}

export const ok = (what: string): Verdict => ({ outcome: 'ok', what });
export const failed = (what: string): Verdict => ({ outcome: 'failed', what });
export const skipped = (what: string): Verdict => ({ outcome: 'skipped', what });
