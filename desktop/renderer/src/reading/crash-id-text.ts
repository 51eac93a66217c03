import { displayCrashId, parseCrashId } from '@faultline/sdk/crash-id';

/** A crash id anywhere in pasted text, e.g. inside a link or `CrashID=bp-...`; null when there is none. */
export function findCrashId(pasted: string): string | null {
  const whole = parseCrashId(pasted);
  if (whole !== null) return whole;
  const part = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.exec(pasted)?.[0];
  return part === undefined ? null : parseCrashId(part);
}

export function shownCrashId(crashId: string): string {
  return displayCrashId(crashId);
}
