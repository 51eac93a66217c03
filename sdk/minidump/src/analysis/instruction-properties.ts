/**
 * Properties of amd64 instructions by mnemonic, as rust-minidump 0.27 defines them: its `access_type` and its
 * inconsistencies are given for these alone, so ours are given for the same in `crash_info`.
 */

const derivable = new Set([
  ...['add', 'call', 'cmp', 'dec', 'inc', 'jmp', 'jmpf', 'lea', 'mov', 'movaps', 'movups', 'pop', 'push'],
  ...['ret', 'retf', 'sub', 'ucomiss'],
  ...['jo', 'jno', 'jb', 'jnb', 'jz', 'jnz', 'ja', 'jna', 'js', 'jns', 'jp', 'jnp', 'jl', 'jge', 'jg', 'jle'],
]);

/** Whether the accesses of the instruction are known with their kind. */
export function isDerivable(mnemonic: string): boolean {
  return derivable.has(mnemonic);
}

const privileged = new Set([
  ...[
    'cli',
    'clts',
    'hlt',
    'in',
    'ins',
    'int',
    'into',
    'invd',
    'invept',
    'invlpg',
    'invvpid',
    'iret',
    'iretd',
    'iretq',
  ],
  ...['lgdt', 'lidt', 'lldt', 'lmsw', 'ltr', 'monitor', 'mov', 'mwait', 'out', 'outs', 'rdmsr', 'rdpmc', 'rdtsc'],
  ...['rdtscp', 'retf', 'sti', 'swapgs', 'sysexit', 'sysret', 'vmcall', 'vmclear', 'vmlaunch', 'vmptrld', 'vmptrst'],
  ...['vmread', 'vmresume', 'vmwrite', 'vmxoff', 'vmxon', 'wbinvd', 'wrmsr', 'xsetbv'],
]);

/** Whether the instruction may fault for want of privilege: `mov` counts for its forms on control registers. */
export function isPrivileged(mnemonic: string): boolean {
  return privileged.has(mnemonic);
}

/** movaps also faults on addresses that are not multiples of 16. */
export function isOnlyFaultingWhenNonCanonical(mnemonic: string): boolean {
  return derivable.has(mnemonic) && mnemonic !== 'movaps';
}
