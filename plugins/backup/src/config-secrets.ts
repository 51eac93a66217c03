/**
 * The configuration without its secrets, by the names of its keys: what may be one is left out, with a line that says
 * so. Text in, text out: comments and order stay.
 */
const secretName = /secret|password|passphrase|token|credential|submitkeys|apikey|privatekey/i;

export function withoutSecrets(yaml: string): string {
  const kept: string[] = [];
  /** Indentation of the secret key whose value goes on below it; null outside one. */
  let below: number | null = null;
  for (const line of yaml.split('\n')) {
    const indentation = line.search(/\S/);
    if (below !== null && (indentation < 0 || indentation > below || /^\s*-/.test(line.slice(below)))) continue;
    below = null;
    const key = /^(\s*(?:-\s+)?)(["']?)([\w.-]+)\2\s*:/.exec(line);
    if (key !== null && secretName.test(key[3] ?? '')) {
      below = indentation;
      kept.push(`${' '.repeat(Math.max(0, indentation))}# ${key[3] ?? ''}: (left out of the backup)`);
    } else {
      kept.push(line.replace(/(\w:\/\/)[^\s/@:]+:[^\s/@]+@/g, '$1'));
    }
  }
  return kept.join('\n');
}
