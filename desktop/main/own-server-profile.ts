import type { OwnServer } from './own-server.js';
import { ownServerId, type ServerProfiles } from './server-profiles.js';
import type { SettingsFile } from './settings-file.js';

/** Where nothing keeps the token, each start makes one: so long it may be used after the app has ended. */
const forgottenTokenDays = 30;

/** Starts the server of this computer, now and with every start of the app, and knows it like the other servers. */
export async function startOwnServer({
  settings,
  profiles,
  ownServer,
}: {
  settings: SettingsFile;
  profiles: ServerProfiles;
  ownServer: OwnServer;
}): Promise<void> {
  const known = profiles.tokenFor(ownServerId);
  const { url, token } = await ownServer.start({
    needsToken: known === null,
    tokenDays: profiles.keepsTokens ? null : forgottenTokenDays,
  });
  // Its port may be another this time; the token is for the same server all the same.
  profiles.save({ id: ownServerId, name: 'This computer', url, token: token ?? known });
  settings.change({ keepsCrashes: true });
}
