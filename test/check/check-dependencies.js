// What others wrote: sealed, exact, without scripts that nobody read, under known licences, without known holes. All of
// it is checked here without asking anybody; then the registry is asked for holes found since, and where it does not
// answer, that is said. With FAULTLINE_AUDIT=required no answer fails, too.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { knownHoles, loose, othersOf, unknownLicences, unreadScripts, unsealed } from './dependency-rules.js';

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const lock = read('../../package-lock.json');
const { holes, written } = read('known-holes.json');

const findings = [
  ...unsealed(lock),
  ...loose(lock),
  ...unreadScripts(lock),
  ...unknownLicences(lock),
  ...knownHoles(lock, holes),
];
for (const finding of findings) console.log(finding);
const count = othersOf(lock).length;
console.log(
  `CHECKED offline: checksums, exact versions, install scripts and licences of ${count} packages, and ${holes.length} holes known on ${written}`,
);

/** @returns {{ findings: string[] } | { unanswered: string }} */
function askRegistry() {
  const { stdout, stderr, error } = spawnSync('npm', ['audit', '--json', '--omit=dev', '--fetch-retries=0'], {
    encoding: 'utf8',
    timeout: 30_000,
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) return { unanswered: error.message };
  try {
    const report = JSON.parse(stdout);
    if (report.metadata?.vulnerabilities === undefined) {
      return { unanswered: report.message ?? report.error?.summary ?? 'the registry has no list' };
    }
    const bad = Object.values(report.vulnerabilities).filter(({ severity }) => ['high', 'critical'].includes(severity));
    return { findings: bad.map(({ name, severity, range }) => `${severity}: ${name} ${range}`) };
  } catch {
    return { unanswered: stderr.trim().split('\n').at(-1) ?? 'the registry does not answer' };
  }
}

const answer = askRegistry();
if ('unanswered' in answer) {
  console.log(`SKIPPED: asking the registry for holes found since (${answer.unanswered.slice(0, 200)})`);
} else {
  for (const finding of answer.findings) console.log(finding);
  console.log('CHECKED online: the registry was asked for high and critical holes in what is shipped');
}
const isUnanswered = 'unanswered' in answer && process.env.FAULTLINE_AUDIT === 'required';
process.exit(findings.length > 0 || isUnanswered || answer.findings?.length > 0 ? 1 : 0);
