import { FaultlineError, permissions, roles as builtInRoles, type Permission, type StateStore } from '@faultline/sdk';

/** A named set of permissions. */
export interface RoleDefinition {
  name: string;
  permissions: Permission[];
  /** Can't be changed. */
  isBuiltIn: boolean;
}

const table = ['auth', 'role'] as const;

/** The built-in roles and those of this server. */
export class Roles {
  constructor(private readonly state: StateStore) {}

  async list(): Promise<RoleDefinition[]> {
    const own: RoleDefinition[] = [];
    for await (const { value } of this.state.range<RoleDefinition>({ prefix: table })) own.push(value);
    return [...builtIn(), ...own];
  }

  async has(name: string): Promise<boolean> {
    return (await this.#find(name)) !== null;
  }

  /** Of all these roles together. A role that is no more brings nothing. */
  async permissionsOf(names: readonly string[]): Promise<Set<Permission>> {
    const granted = new Set<Permission>();
    for (const name of names) {
      const role = await this.#find(name);
      for (const permission of role?.permissions ?? []) granted.add(permission);
    }
    return granted;
  }

  /** Throws `Malformed ROLE_NAME_INVALID`, `Conflict ROLE_BUILT_IN`. */
  async set(name: string, granted: readonly Permission[]): Promise<RoleDefinition> {
    requireOwn(name);
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) throw nameInvalid(name);
    const role = { name, permissions: permissions.filter((one) => granted.includes(one)), isBuiltIn: false };
    await this.state.set([...table, name], role);
    return role;
  }

  /** Throws `Conflict ROLE_BUILT_IN`, `NotFound ROLE_NOT_FOUND`. */
  async remove(name: string): Promise<void> {
    requireOwn(name);
    if (!(await this.state.delete([...table, name]))) throw roleNotFound(name);
  }

  async #find(name: string): Promise<RoleDefinition | null> {
    const known = builtIn().find((role) => role.name === name);
    return known ?? (await this.state.get<RoleDefinition>([...table, name]))?.value ?? null;
  }
}

export function roleNotFound(name: string): FaultlineError {
  return new FaultlineError('NotFound', 'ROLE_NOT_FOUND', `There is no role "${name.slice(0, 64)}".`, {
    hint: `Built-in roles are ${Object.keys(builtInRoles).join(', ')}; \`faultline user list\` and the page "Users" show your own.`,
  });
}

function nameInvalid(name: string): FaultlineError {
  return new FaultlineError('Malformed', 'ROLE_NAME_INVALID', `"${name.slice(0, 64)}" can't be the name of a role.`, {
    hint: 'It begins with a lower-case letter and has at most 40 letters, digits and dashes: release-manager.',
  });
}

function builtIn(): RoleDefinition[] {
  return Object.entries(builtInRoles).map(([name, granted]) => ({ name, permissions: [...granted], isBuiltIn: true }));
}

/** Throws `Conflict ROLE_BUILT_IN`. */
export function requireOwn(name: string): void {
  if (!Object.hasOwn(builtInRoles, name)) return;
  throw new FaultlineError('Conflict', 'ROLE_BUILT_IN', `The role "${name}" is built in and stays as it is.`, {
    hint: 'Make a role of your own under another name.',
  });
}
