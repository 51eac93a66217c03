import { codeOffset, frameSize, functionSize, type PlannedModule } from './address-plan.js';

const systemNames: Record<string, string> = { 'Windows NT': 'windows', 'Mac OS X': 'mac', Linux: 'Linux' };
const cpuNames: Record<string, string> = { amd64: 'x86_64', x86: 'x86', arm64: 'arm64' };
/** Rules that find the caller: all functions of the samples have frames of one size. */
const callFrameRules: Record<string, (size: number) => string> = {
  amd64: (size) => `.cfa: $rsp ${size} + .ra: .cfa -8 + ^`,
  x86: (size) => `.cfa: $esp ${size} + .ra: .cfa -4 + ^`,
  arm64: (size) => `.cfa: sp ${size} + .ra: .cfa -8 + ^`,
};

/** A module's symbol file, in Breakpad's text form. */
export function symbolText(module: PlannedModule): string {
  const { os, cpu, debugId, sample } = module;
  const files = [...new Set([...module.functions.values()].map(({ file }) => file).filter((file) => file !== ''))];
  const lines = [`MODULE ${systemNames[os] ?? os} ${cpuNames[cpu] ?? cpu} ${debugId} ${sample.debugFile}`];
  files.forEach((file, number) => lines.push(`FILE ${number} ${file}`));
  for (const planned of module.functions.values()) {
    lines.push(`FUNC ${planned.offset.toString(16)} ${functionSize.toString(16)} 0 ${planned.name}`);
    const file = files.indexOf(planned.file);
    if (file < 0) continue;
    // A return address belongs to the call before it, so each row ends with the address it is for.
    for (const [line, within] of planned.lines) {
      lines.push(`${(planned.offset + within - 8).toString(16)} 10 ${line} ${file}`);
    }
  }
  const rule = callFrameRules[cpu]?.(frameSize(cpu)) ?? '';
  const size = module.functions.size * functionSize;
  if (size > 0) lines.push(`STACK CFI INIT ${codeOffset.toString(16)} ${size.toString(16)} ${rule}`);
  return `${lines.join('\n')}\n`;
}
