/**
 * Where our JSON differs from rust-minidump 0.27.0's on purpose. Every entry says why, and must still differ: one that
 * no longer does fails the test.
 */
export interface KnownDifference {
  /** Golden file without folder. */
  golden: string;
  /** Which leaves. */
  path: RegExp;
  /** stackwalk.md appendix F, or a public specification. */
  reason: string;
}

export const knownDifferences: KnownDifference[] = [
  {
    golden: 'breakpad__minidump_crashpad_annotation.json',
    path: /^crash_info\.type$/,
    reason: 'Appendix F 4: Crashpad gives 0x43506e78 to an NSException that nobody caught; Breakpad names it so too.',
  },
  {
    golden: 'rust-minidump__simple-crashpad.json',
    path: /^crash_info\.type$/,
    reason: 'Appendix F 4: Mach exception types begin at 1; 0 is a dump that Crashpad took without a crash.',
  },
  {
    golden: 'own__crashy.sym.json',
    path: /^threads\[0\]\.(frames\[11\]|frames\.length$|frame_count$)/,
    reason: 'Appendix F 6: it goes on scanning behind `_start`, whose STACK CFI says that nobody called it.',
  },
  {
    golden: 'own__crashy.sym.json',
    path: /^modules\[3\]\.missing_symbols$/,
    reason: 'Appendix F 6: it goes on scanning behind `_start`, whose STACK CFI says that nobody called it.',
  },
];
