/** Crashes of a busy server, day by day; the same for the same options. */
import type { ProcessedCrash } from '@faultline/sdk';
import { Chance } from './model/chance.js';
import { crashDocument, systemFor } from './model/crash-document.js';
import { adoptionOn, releasesBetween, type Release } from './model/releases.js';
import { planDays, type DayPlan } from './model/schedule.js';
import { crashKinds, protoSignature, type CrashKind } from './model/signatures.js';
import { Weighted } from './model/weighted.js';

export interface GenerateOptions {
  crashes: number;
  days: number;
  /** Any text. */
  seed: string;
  /** The last crashes come before this; UTC milliseconds. */
  end: number;
}

export interface GeneratedCrash {
  processed: ProcessedCrash;
  kind: CrashKind;
}

const dayLength = 86_400_000;

export function* generatedCrashes({ crashes, days, seed, end }: GenerateOptions): Generator<GeneratedCrash> {
  const last = Math.ceil(end / dayLength) - 1;
  const first = last - days + 1;
  const kinds = crashKinds(seed, first, last);
  const byWeight = new Weighted(
    kinds,
    kinds.map(({ weight }) => weight),
  );
  const releases = releasesBetween(first, last);
  const stacks = new Map<number, string>();
  const lastPart = (end - last * dayLength) / dayLength;
  for (const plan of planDays({ seed, crashes, days, last, lastPart, kinds })) {
    const chance = new Chance(`${seed} day ${plan.day}`);
    const adoption = adoptionOn(plan.day, releases);
    for (let index = 0; index < plan.crashes; index++) {
      const start = plan.day * dayLength;
      const time = start + ((index + chance.fraction()) * (Math.min(end, start + dayLength) - start)) / plan.crashes;
      const release = adoption.pick(chance);
      const kind = kindFor(plan, release, byWeight, chance);
      const system = systemFor(kind, release, chance);
      const id = crashIdAt(time, chance);
      const variant = chance.low(kind.variants);
      const key = kind.rank * 64 + variant;
      const stack = stacks.get(key) ?? protoSignature(kind, variant, seed);
      stacks.set(key, stack);
      const facts = { id, time: Math.floor(time), release, kind, system, protoSignature: stack };
      yield { processed: crashDocument(facts, chance), kind };
    }
  }
}

/** One that the build can have. After some tries any: the commonest are in every build. */
function kindFor({ spike, day }: DayPlan, release: Release, byWeight: Weighted<CrashKind>, chance: Chance): CrashKind {
  if (spike !== null && chance.happens(spike.share)) return spike.kind;
  let kind = byWeight.pick(chance);
  for (let tries = 0; tries < 8; tries++) {
    const isThere = kind.bornOn <= release.day && release.day < kind.fixedOn && kind.bornOn <= day;
    const mayRun = kind.system === null || (kind.system === 'Android') === release.product.isMobile;
    if (isThere && mayRun) return kind;
    kind = byWeight.pick(chance);
  }
  return kind;
}

function crashIdAt(time: number, chance: Chance): string {
  const hex = chance.hex(28);
  const day = new Date(time).toISOString();
  const date = `${day.slice(2, 4)}${day.slice(5, 7)}${day.slice(8, 10)}`;
  const variant = (8 + (chance.bits() & 3)).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 23)}0${date}`;
}
