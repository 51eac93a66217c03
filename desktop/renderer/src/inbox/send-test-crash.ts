import { writeMinidump } from '@faultline/minidump';
import { ApiError, unreachable } from '../api/api-error.js';

/** Where the test crash pretends to have happened. */
const code = { base: 0x55d0_0000_0000n, size: 0x10000, crashed: 0x1234n, caller: 0x2345n };
const stack = 0x7ffd_0000_1000n;
/** mov eax, dword ptr [rdi + 0x18]: with rdi zero, the read of a null pointer. */
const instruction = Uint8Array.of(0x8b, 0x47, 0x18, 0xc3);
/** As Linux numbers it. */
const segmentationFault = 11;

/**
 * Posts a small crash of a program that never was, as a crash reporter would: what comes back through the whole pipeline
 * shows that it works.
 * @param submitUrl of this page's own server: the page may speak to no other
 * @returns the crash's id
 * @throws ApiError with what the collector said when it did not take it
 */
export async function sendTestCrash(submitUrl: string): Promise<string> {
  const form = new FormData();
  form.set('ProductName', 'FaultlineTest');
  form.set('Version', '1.0');
  form.set('upload_file_minidump', new Blob([await testDump()]), 'test-crash.dmp');
  let response: Response;
  try {
    response = await fetch(submitUrl, { method: 'POST', body: form });
  } catch {
    // The browser tells no more than that there was no answer.
    throw unreachable();
  }
  const answer = (await response.text()).trim();
  const crashId = /^CrashID=(?:bp-)?(\S+)/m.exec(answer)?.[1];
  if (response.ok && crashId !== undefined) return crashId;
  throw new ApiError(
    response.status,
    'TEST_CRASH_REFUSED',
    `The collector did not take the test crash: ${answer.slice(0, 200) || response.statusText}.`,
    'Help, "Throttling" says what this server takes, and what each answer means.',
  );
}

async function testDump(): Promise<Uint8Array<ArrayBuffer>> {
  const registers = { rip: code.base + code.crashed, rsp: stack, rbp: stack + 0x10n, rdi: 0n };
  const dump = await writeMinidump({
    os: 'Linux',
    cpu: 'amd64',
    timestamp: Math.floor(Date.now() / 1000),
    system: { csdVersion: 'Linux 6.1.0 test', processorCount: 1 },
    modules: [{ name: '/opt/faultline/test-crash', base: code.base, size: code.size }],
    threads: [
      {
        id: 1,
        name: 'main',
        registers,
        stack: { start: stack, words: [0, 0, stack + 0x30n, code.base + code.caller, 0, 0] },
      },
    ],
    exception: { threadId: 1, code: segmentationFault, flags: 1, address: 0x18n, registers },
    memory: [{ start: registers.rip, contents: instruction }],
  });
  return Uint8Array.from(dump);
}
