import { writeFile } from 'node:fs/promises';
import { systemErrorCode } from '@faultline/sdk/errors';

/** What the first start writes: nothing is set, everything is named. */
const defaultFile = `# Configuration of this Faultline server. Everything has a default; take the "# " away from what you change,
# then start the server again. \`faultline config\` prints every setting, its value and where it comes from.
# The same settings as variables: FAULTLINE_SERVER_PORT=8080; on the command line: --set server.port=8080.

# server:
#   host: 127.0.0.1          # 0.0.0.0 needs tls below, or the proxies before the server in trustedProxies
#   port: 7070
#   publicUrl: https://crashes.example.org
#   basePath: /faultline
#   trustedProxies: [10.0.0.0/8]
#   tls:
#     cert: tls/fullchain.pem   # relative to the data folder; read again when they change
#     key: tls/privkey.pem

# access:
#   anonymous: none          # or public-fields: people who have not signed in may read reports without private fields
#   statusPage: true         # and so symbolDownload, symbolicate: open without signing in
#   oidc:
#     issuer: https://id.example.org
#     clientId: faultline
#     clientSecretFile: oidc-secret
#     roles: {crash-admins: admin, developers: triager}

# log:
#   level: info              # debug, info, warn, error, silent

# plugins:                   # more plugins: folders (relative to this file) or names of installed packages
#   - ./plugins/hello

# disabled: [symbols]        # plugins that are not to run

# Each plugin has a section named by its id, for example:
# symbols:
#   folders: [/srv/symbols]
`;

/** Writes the commented file unless one is there. */
export async function writeDefaultConfig(path: string): Promise<void> {
  try {
    await writeFile(path, defaultFile, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  }
}
