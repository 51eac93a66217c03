import type { CliModule } from '@faultline/sdk/cli-command';

export interface CommandEntry {
  /** The words that call it. */
  id: string;
  title: string;
  load(): Promise<CliModule>;
}

/** The program's own commands. Each module imports only what it needs, when it is called. */
export const ownCommands: readonly CommandEntry[] = [
  { id: 'serve', title: 'Run the server', load: () => import('./commands/serve.js') },
  { id: 'submit', title: 'Send a minidump to a server', load: () => import('./commands/submit.js') },
  { id: 'show', title: 'Print a report from a server', load: () => import('./commands/show.js') },
  { id: 'plugins', title: 'List the plugins and how they are', load: () => import('./commands/plugins.js') },
  {
    id: 'config',
    title: 'Check the configuration and print it with its sources',
    load: () => import('./commands/config.js'),
  },
  {
    id: 'config init',
    title: 'Write a configuration file that names everything',
    load: () => import('./commands/config-init.js'),
  },
  {
    id: 'config validate',
    title: 'Say what is wrong with a configuration',
    load: () => import('./commands/config-validate.js'),
  },
  {
    id: 'config diff',
    title: 'Say what a changed configuration would do',
    load: () => import('./commands/config-diff.js'),
  },
  {
    id: 'config apply',
    title: 'Check, write and take up a changed configuration',
    load: () => import('./commands/config-apply.js'),
  },
  {
    id: 'config history',
    title: 'List the changes of the configuration',
    load: () => import('./commands/config-history.js'),
  },
  {
    id: 'config rollback',
    title: 'Put a former configuration back',
    load: () => import('./commands/config-rollback.js'),
  },
  { id: 'token create', title: 'Make an API token', load: () => import('./commands/token-create.js') },
  { id: 'login-link', title: 'Make a link that signs in once', load: () => import('./commands/login-link.js') },
  {
    id: 'user add',
    title: 'Add a user, and print the link that lets them in',
    load: () => import('./commands/user-add.js'),
  },
  { id: 'user list', title: 'List the users', load: () => import('./commands/user-list.js') },
  { id: 'user role', title: 'Give a user other roles', load: () => import('./commands/user-role.js') },
  { id: 'user reset', title: 'Make a user set a new password', load: () => import('./commands/user-reset.js') },
  { id: 'user disable', title: 'Keep a user out, at once', load: () => import('./commands/user-disable.js') },
  { id: 'user enable', title: 'Let a disabled user in again', load: () => import('./commands/user-enable.js') },
  { id: 'role list', title: 'List the roles and what they permit', load: () => import('./commands/role-list.js') },
  { id: 'role set', title: 'Make or change a role of your own', load: () => import('./commands/role-set.js') },
  { id: 'role remove', title: 'Remove a role that nobody has', load: () => import('./commands/role-remove.js') },
  { id: 'audit export', title: 'Print the audit log', load: () => import('./commands/audit-export.js') },
  {
    id: 'doctor',
    title: 'Look for what could keep the server from working',
    load: () => import('./commands/doctor.js'),
  },
];
