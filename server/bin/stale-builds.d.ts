/** Types of `stale-builds.js`, which runs before anything is compiled. */
export declare function buildWhatIsStale(options: {
  repository: string;
  run(title: string, program: string, args: string[]): void;
  say(text: string): void;
}): void;
