import { writeMinidump } from '@faultline/minidump';
import { parseCrashId } from '@faultline/sdk/crash-id';
import { failed, ok, skipped, type Check, type Verdict } from './check.js';
import { formOf, post, type PostAnswer } from './post.js';

const terabyte = 2 ** 40;

/** What a crash reporter meets. */
export const submitChecks: readonly Check[] = [
  {
    name: 'takes a report, sent in chunks',
    async run(subject) {
      const { body, contentType } = formOf(subject.annotations, await smallDump());
      const answer = await post(subject, { 'content-type': contentType, 'transfer-encoding': 'chunked' }, body);
      const id = /^CrashID=(\S+)\n$/.exec(answer.text)?.[1];
      const crashId = id === undefined ? null : parseCrashId(id);
      subject.accepted.crashId = crashId;
      if (answer.status === 200 && crashId !== null) return ok(crashId);
      return failed(`${said(answer)}${hintFor(answer)}`);
    },
  },
  {
    name: 'refuses 1 TB before it is sent',
    async run(subject) {
      const headers = { 'content-type': 'multipart/form-data; boundary=x', 'content-length': String(terabyte) };
      const answer = await post(subject, headers, null);
      return answer.status === 413 ? ok('413') : failed(`413 was due, ${said(answer)}`);
    },
  },
  {
    name: 'refuses what is no form',
    run: async (subject) =>
      malformed(await post(subject, { 'content-type': 'text/plain' }, Buffer.from('no form')), 'wrong_content_type'),
  },
  {
    name: 'refuses a form without its boundary',
    run: async (subject) =>
      malformed(await post(subject, { 'content-type': 'multipart/form-data' }, Buffer.from('x')), 'no_boundary'),
  },
  {
    name: 'refuses a form with nothing in it',
    run: async (subject) =>
      malformed(
        await post(subject, { 'content-type': 'multipart/form-data; boundary=x' }, Buffer.from('--x--\r\n')),
        'no_annotations',
      ),
  },
  {
    name: 'refuses packed bytes that are not packed',
    async run(subject) {
      const { body, contentType } = formOf(subject.annotations, null);
      const headers = { 'content-type': contentType, 'content-encoding': 'gzip' };
      return malformed(await post(subject, headers, body), 'bad_gzip');
    },
  },
  {
    name: 'discards by its throttle rules',
    async run(subject) {
      if (subject.discarded === null) return skipped('name annotations that a rule rejects: --discard KEY=VALUE');
      const { body, contentType } = formOf({ ...subject.annotations, ...subject.discarded }, null);
      const answer = await post(subject, { 'content-type': contentType }, body);
      const isDiscarded = answer.status === 200 && answer.text.startsWith('Discarded=rule_');
      return isDiscarded ? ok(answer.text.trim()) : failed(`Discarded=rule_… was due, ${said(answer)}`);
    },
  },
];

function malformed(answer: PostAnswer, reason: string): Verdict {
  const isRight = answer.status === 400 && answer.text.trim() === `Discarded=malformed_${reason}`;
  return isRight
    ? ok(`400 ${answer.text.trim()}`)
    : failed(`400 Discarded=malformed_${reason} was due, ${said(answer)}`);
}

function said({ status, text }: PostAnswer): string {
  const [line = ''] = text.trim().split('\n');
  return `it answered ${status} ${line.slice(0, 120)}`.trimEnd();
}

function hintFor({ status, text }: PostAnswer): string {
  if (text.startsWith('Discarded=rule_')) return '; choose a product that is taken: --product NAME';
  if (text.startsWith('Discarded=unauthorized_key')) return '; give the submit key: --key KEY';
  return status === 503 ? '; the disk is nearly full, or it has too much in hand' : '';
}

/** One crashed thread in one module. */
function smallDump(): Promise<Uint8Array> {
  const registers = { rip: 0x401000n, rsp: 0x7fff0000n, rbp: 0x7fff0010n };
  return writeMinidump({
    os: 'Linux',
    cpu: 'amd64',
    modules: [{ name: '/opt/faultline/selftest', base: 0x400000n, size: 0x10000 }],
    threads: [
      { id: 1, name: 'selftest', registers, stack: { start: 0x7fff0000n, words: [0, 0, 0x7fff0030n, 0x401234n] } },
    ],
    exception: { threadId: 1, code: 11, address: 0x1cn, registers },
  });
}
