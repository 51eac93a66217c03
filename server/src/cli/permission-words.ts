import { permissions, roles, type Permission } from '@faultline/sdk';
import { UsageError } from '@faultline/sdk/cli-command';
import { suggestion } from '../config/suggestion.js';

/** What `--permission P` means: one permission, or all of a built-in role. Throws `UsageError`. */
export function permissionsOf(word: string): readonly Permission[] {
  const permission = permissions.find((known) => known === word);
  if (permission !== undefined) return [permission];
  const role = Object.entries(roles).find(([known]) => known === word);
  if (role !== undefined) return role[1];
  throw new UsageError(`"${word}" is no permission.${suggestion(word, [...permissions, ...Object.keys(roles)])}`);
}
