import type { Clock, StateKey, StateStore } from '@faultline/sdk';
import type { Banner, BannerDetail } from '@faultline/sdk/api';

const key: StateKey = ['banner', 'shown'];
type Standing = NonNullable<BannerDetail['banner']>;

/** The one banner there is. */
export class BannerStore {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Null when there is none, or its time is over. */
  async shown(): Promise<Standing | null> {
    const standing = (await this.state.get<Standing>(key))?.value ?? null;
    return standing === null || this.isOver(standing) ? null : standing;
  }

  async put(banner: Banner): Promise<Standing> {
    const standing = { ...banner, since: new Date(this.clock.now()).toISOString() };
    await this.state.set(key, standing);
    return standing;
  }

  /** False when there was none. */
  async takeDown(): Promise<boolean> {
    const stood = (await this.shown()) !== null;
    await this.state.delete(key);
    return stood;
  }

  private isOver({ until }: Standing): boolean {
    return until !== null && Date.parse(until) <= this.clock.now();
  }
}
