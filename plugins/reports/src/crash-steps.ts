import { subjects, type Bus, type CrashEvent, type CrashId } from '@faultline/sdk';

/** Crashes whose step is remembered; the longest known are forgotten first. */
const mostSteps = 2_000;

/** How far the crashes in processing are, as the processors tell. */
export class CrashSteps {
  private readonly steps = new Map<CrashId, string>();

  /** Listens until the returned function is called. */
  listen(bus: Bus): () => void {
    const stopSteps = bus.on<{ crashId: string; step: string }>('crash.step', ({ crashId, step }) => {
      this.steps.delete(crashId);
      this.steps.set(crashId, step);
      const oldest = this.steps.keys().next();
      if (this.steps.size > mostSteps && oldest.done !== true) this.steps.delete(oldest.value);
    });
    const forget = ({ crashId }: CrashEvent) => void this.steps.delete(crashId);
    const stopProcessed = bus.on<CrashEvent>(subjects.crashProcessed, forget);
    const stopDead = bus.on<CrashEvent>(subjects.crashDead, forget);
    return () => {
      stopSteps();
      stopProcessed();
      stopDead();
    };
  }

  get(id: CrashId): string | undefined {
    return this.steps.get(id);
  }
}
