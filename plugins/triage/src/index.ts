import {
  AuditLog,
  Bus,
  Clock,
  CrashEraser,
  CrashSink,
  CrashStorage,
  definePlugin,
  FieldDictionary,
  HttpRoute,
  Job,
  Random,
  SearchEngine,
  ProductCatalog,
  ServerInfo,
  SignatureHistory,
  StateStore,
  TicketLinks,
  type PluginContext,
  type ProductSettings,
} from '@faultline/sdk';
import { isFaultlineError } from '@faultline/sdk/errors';
import { versionOrders } from '@faultline/signature/version-order';
import { TriageConfig } from './config.js';
import { ErasedGroups } from './erasing.js';
import { groupRoutes } from './group-routes.js';
import { endMutesJob } from './groups/end-mutes.js';
import { GroupAnnouncer } from './groups/group-announcer.js';
import { GroupChanges } from './groups/group-changes.js';
import { GroupStore } from './groups/group-store.js';
import { GroupTickets } from './groups/group-tickets.js';
import { RecentGroups } from './groups/recent-groups.js';
import { OwnershipStore } from './ownership/ownership-store.js';
import { changeRoutes } from './routes/change-routes.js';
import { ownershipRoutes } from './routes/ownership-routes.js';
import { triageRoute } from './routes/triage-route.js';
import { FirstAppearances } from './sightings/first-appearances.js';
import { firstSeenJob } from './sightings/first-seen-job.js';
import { groupSink } from './sightings/group-sink.js';
import { latestSeen } from './sightings/latest-seen.js';
import { SightingStore } from './sightings/sighting-store.js';
import { Visits } from './visits.js';

export default definePlugin({
  config: TriageConfig,
  activate(ctx) {
    const clock = ctx.resolve(Clock);
    const state = ctx.resolve(StateStore);
    const orders = Object.entries(ctx.config.versionOrder).map(([product, name]) => [product, versionOrders[name]]);
    const overrides = Object.fromEntries(orders);
    const groups = new GroupStore(state);
    ctx.provide(TicketLinks, new GroupTickets(groups));
    const sightings = new SightingStore(state, overrides);
    ctx.provide(SignatureHistory, new FirstAppearances(sightings));
    const announcer = new GroupAnnouncer(ctx.resolve(Bus));

    const recent = new RecentGroups(groups, state, ctx.signal);
    const erased = new ErasedGroups({
      state,
      storage: ctx.resolve(CrashStorage),
      engine: () => ctx.resolve(SearchEngine),
      forgetSightings: () => sightings.forget(),
    });
    const eraseAgain = (signal: AbortSignal) => erased.eraseAgain(signal);
    ctx.contribute(CrashEraser, erased);
    ctx.contribute(CrashSink, groupSink({ groups, sightings, announcer, clock, overrides, recent, eraseAgain }));
    ctx.contribute(Job, endMutesJob({ groups, announcer, clock }));
    ctx.contribute(Job, firstSeenJob({ storage: ctx.resolve(CrashStorage), sightings, eraseAgain }));
    if (ctx.roles.size > 0 && !ctx.roles.has('web')) return;

    const engine = ctx.resolve(SearchEngine);
    const ownership = new OwnershipStore(state, clock);
    const visits = new Visits(state, clock);
    const changes = new GroupChanges({
      state,
      groups,
      announcer,
      clock,
      random: ctx.resolve(Random),
      latestSeen: (signatures) => latestSeen(sightings, signatures, overrides),
    });
    const sources = {
      engine,
      clock,
      groups,
      sightings,
      ownership,
      visits,
      overrides,
      storage: ctx.resolve(CrashStorage),
      dictionary: ctx.resolve(FieldDictionary),
    };
    const routes = [
      ...groupRoutes({
        ...sources,
        config: ctx.config,
        server: ctx.resolve(ServerInfo),
        ticketLinks: (product) => trackersOf(ctx, product),
      }),
      ...changeRoutes({ changes, groups, visits, clock, sightings, ownership }),
      triageRoute({ changes, groups, visits, clock, sightings, ownership }),
      ...ownershipRoutes(ownership, ctx.resolve(AuditLog)),
    ];
    for (const route of routes) ctx.contribute(HttpRoute, route);
  },
});

/** Asked for when needed: the catalog may start later, or not be there. */
async function trackersOf(
  ctx: Pick<PluginContext, 'resolve'>,
  product: string,
): Promise<ProductSettings['ticketLinks']> {
  try {
    return (await ctx.resolve(ProductCatalog).product(product))?.ticketLinks ?? [];
  } catch (error) {
    if (isFaultlineError(error) && error.code === 'SERVICE_MISSING') return [];
    throw error;
  }
}
