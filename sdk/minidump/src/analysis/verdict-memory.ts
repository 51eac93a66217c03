import { isInNonCanonicalRange } from './adjusted-address.js';
import type { CrashFacts } from './crash-facts.js';
import { isGeneralProtectionFault, operationOf } from './exception-kind.js';
import { poisonOf } from './poison.js';
import { frameName } from './stack-overflow.js';
import type { Findings, Verdict } from './verdict-model.js';
import { accessAt, baseEvidence, describe, hex, instructionEvidence, verbOf } from './verdict-words.js';

/** Why an access to memory failed; there is always an answer. */
export function memoryVerdict(facts: CrashFacts, findings: Findings): Verdict {
  return (
    sentSignalVerdict(facts, findings) ??
    callVerdict(facts, findings) ??
    nullVerdict(facts, findings) ??
    poisonVerdict(facts, findings) ??
    nonCanonicalVerdict(facts, findings) ??
    permissionVerdict(facts, findings) ??
    hardwareVerdict(findings) ??
    unmappedVerdict(facts, findings)
  );
}

/**
 * A signal that someone sent: its address is the sender's process id. Seen in Chromium's dumps of `kill -SEGV` and
 * raise(), which stand at an instruction without any access; Breakpad's old dumps have no signal code for real faults.
 */
function sentSignalVerdict({ exception }: CrashFacts, { operation }: Findings): Verdict | null {
  const isBare =
    exception.type === 'SIGSEGV' || exception.type === 'SIGBUS' || /SI_(USER|TKILL|QUEUE)$/.test(exception.type);
  if (!isBare || operation?.accesses?.length !== 0) return null;
  return {
    kind: 'deliberate-stop',
    title: `${exception.type.slice(0, 7).trim()} was sent to the process`,
    explanation:
      'The instruction touches no memory, so the signal came from outside or from raise(), not from an access.',
    confidence: 0.7,
    evidence: [...instructionEvidence(operation), `process ${String(exception.address)} may have sent it`],
  };
}

/** Execution itself went where no code is. */
function callVerdict(facts: CrashFacts, { target, regions }: Findings): Verdict | null {
  const ip = facts.frames[0]?.resumeAddress ?? null;
  if (ip === null || facts.modules.moduleAt(ip) !== null) return null;
  const caller = facts.frames[1];
  const from = caller === undefined ? [] : [`called from ${frameName(caller)}`];
  if (ip < 4096n) {
    return {
      kind: 'null-call',
      title: ip === 0n ? 'Call through a null function pointer' : `Call through a null pointer + ${hex(ip)}`,
      explanation: 'Execution went to an address that no code has: a function pointer or a virtual table was null.',
      confidence: 0.95,
      evidence: [`the instruction pointer is ${hex(ip)}`, ...from],
    };
  }
  const region = regions.regionAt(ip);
  const isReported = operationOf(facts.exception) === 'execute' || facts.exception.address === ip;
  if (!isReported || region?.isExecutable === true) return null;
  return {
    kind: 'not-executable',
    title: `Execution of ${target.kind === 'stack' ? 'the stack' : 'memory that holds no code'}`,
    explanation: 'Execution went to memory that is no code: a corrupted return address, function pointer or object.',
    confidence: 0.85,
    evidence: [`the instruction pointer is ${hex(ip)}, in no module`, `it points to ${describe(target)}`, ...from],
  };
}

function nullVerdict(facts: CrashFacts, { adjusted, operation }: Findings): Verdict | null {
  const offset = adjusted?.kind === 'null-pointer' ? adjusted.offset : null;
  const reported = facts.exception.address;
  // Of a protection fault the system knows no address: 0 stands for that.
  const isLow = reported < 0x1_0000n && !isGeneralProtectionFault(facts.os, facts.exception);
  if (offset === null && !isLow) return null;
  // Far beyond the first pages it is an index into an array whose pointer was null, or no null pointer at all.
  const address = offset ?? reported;
  if (offset !== null && offset >= 0x1000_0000n) return null;
  const access = accessAt(operation, address);
  const verb = verbOf(access, facts);
  const where = address === 0n ? 'a null pointer' : `a null pointer + ${hex(address)}`;
  const holder = access?.isLikelyNullPointer === true ? baseEvidence(operation) : [];
  return {
    kind: 'null-pointer',
    title: `${verb} through ${where}`,
    explanation:
      address === 0n
        ? 'A pointer was null when it was used.'
        : `A pointer was null when something ${hex(address)} bytes into what it should point to was used: a field or an array element.`,
    confidence: holder.length > 0 ? 0.97 : offset === null ? 0.8 : 0.9,
    evidence: [
      ...instructionEvidence(operation),
      ...holder,
      `the system reported ${facts.exception.type} at ${hex(reported)}`,
    ],
  };
}

function poisonVerdict(facts: CrashFacts, { operation, poison, adjusted }: Findings): Verdict | null {
  const address = adjusted?.kind === 'non-canonical' ? adjusted.address : facts.exception.address;
  const used = poison.find(({ register }) => operation?.addressRegisters.includes(register));
  const width = facts.cpu === 'x86' || facts.cpu === 'arm' ? 4 : 8;
  const found = used?.poison ?? poisonOf(address, width);
  if (found === null || found === undefined) return null;
  const { meaning, source, word } = found.pattern;
  const kind = {
    freed: 'use-after-free',
    uninitialised: 'uninitialised',
    guard: 'overrun',
    marker: 'overrun',
  } as const;
  const title = {
    freed: 'Use of freed memory',
    uninitialised: 'Use of memory that was never set',
    guard: 'Use of memory beyond a block of the heap',
    marker: 'Use of a pointer that was overwritten',
  }[meaning];
  const pattern = `0x${word.toString(16)}`;
  return {
    kind: kind[meaning],
    title: `${title} (pattern ${pattern})`,
    explanation: `The pointer that was used holds ${pattern} over and over: ${source}. The object was used at the wrong time in its life.`,
    confidence: used === undefined ? 0.7 : meaning === 'marker' ? 0.6 : 0.9,
    evidence: [
      used === undefined ? `the address is ${hex(address)}` : `${used.register} holds the pattern ${pattern}`,
      ...instructionEvidence(operation),
    ],
  };
}

function nonCanonicalVerdict(facts: CrashFacts, { adjusted, operation, bitFlips }: Findings): Verdict | null {
  const reported = facts.exception.address;
  const isReported = facts.cpu === 'amd64' && isInNonCanonicalRange(reported);
  const address = adjusted?.kind === 'non-canonical' ? adjusted.address : isReported ? reported : null;
  if (address === null) return null;
  const flip = bitFlips.find(({ confidence }) => confidence >= 0.9);
  return {
    kind: 'non-canonical',
    title: `${verbOf(accessAt(operation, address), facts)} at an address that cannot exist`,
    explanation:
      flip === undefined
        ? 'The address is none that the CPU knows: a pointer was overwritten with other data.'
        : 'The address is none that the CPU knows, but one bit away from one that is: bad memory, or a pointer that was overwritten.',
    confidence: 0.75,
    evidence: [
      `the address is ${hex(address)}`,
      ...instructionEvidence(operation),
      ...(flip === undefined ? [] : [`with one bit flipped it is ${hex(flip.address)}`]),
    ],
  };
}

function permissionVerdict(facts: CrashFacts, { operation, regions, target }: Findings): Verdict | null {
  const address = facts.exception.address;
  const region = regions.regionAt(address);
  const access = accessAt(operation, address);
  if (access?.isLikelyGuardPage === true || region?.isGuard === true) {
    return {
      kind: 'guard-page',
      title: `${verbOf(access, facts)} in a guard page`,
      explanation:
        'The address lies in a page that is there to catch accesses beyond the memory beside it: a buffer was overrun.',
      confidence: 0.8,
      evidence: [`${hex(address)} is in a page without permissions`, ...instructionEvidence(operation)],
    };
  }
  const isWrite =
    access?.access === 'write' || access?.access === 'readwrite' || operationOf(facts.exception) === 'write';
  if (region === null || !region.isReadable || region.isWritable || !isWrite) return null;
  return {
    kind: 'write-protected',
    title: `Write to ${target.kind === 'module' ? `read-only memory of ${target.module}` : 'read-only memory'}`,
    explanation: 'The memory may be read but not written: a constant was written to, or a pointer is wrong.',
    confidence: 0.85,
    evidence: [`${hex(address)} is readable and not writable`, ...instructionEvidence(operation)],
  };
}

function hardwareVerdict({ bitFlips, inconsistencies }: Findings): Verdict | null {
  const best = [...bitFlips].sort((a, b) => b.confidence - a.confidence)[0];
  const isLikely = best !== undefined && best.confidence >= 0.6;
  if (!isLikely && inconsistencies.length === 0) return null;
  if (!isLikely) {
    return {
      kind: 'hardware',
      title: 'The exception does not fit the instruction',
      explanation:
        'What the system reported cannot come from the instruction at hand: memory changed meanwhile, or the hardware is faulty.',
      confidence: 0.4,
      evidence: inconsistencies.map((inconsistency) => inconsistency.replaceAll('_', ' ')),
    };
  }
  const source = best.sourceRegister === null ? 'the address' : best.sourceRegister;
  return {
    kind: 'hardware',
    title: 'An address one bit away from valid memory',
    explanation:
      'One flipped bit makes the address valid: perhaps faulty memory. Look whether this machine sends more such crashes.',
    confidence: Math.round(best.confidence * 60) / 100,
    evidence: [`${source} with one bit flipped is ${hex(best.address)}`],
  };
}

function unmappedVerdict(facts: CrashFacts, { operation, target }: Findings): Verdict {
  const address = facts.exception.address;
  const verb = verbOf(accessAt(operation, address), facts);
  return {
    kind: 'unmapped',
    title: `${verb} ${verb === 'Read' || verb === 'Execution' ? 'of' : 'to'} memory that ${target.kind === 'unmapped' ? 'does not exist' : 'may not be used so'}`,
    explanation: 'The pointer is wrong: overwritten, already released, or computed with a wrong index.',
    confidence: 0.5,
    evidence: [`${hex(address)} points to ${describe(target)}`, ...instructionEvidence(operation)],
  };
}
