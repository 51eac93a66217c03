import { FakeClock, MemoryBus, MemoryCrashStorage, MemoryStateStore } from '@faultline/testing';
import { describeBus, describeCrashStorage, describeOutbox, describeStateStore } from '@faultline/testing/suites';

const nothing = () => Promise.resolve();

describeStateStore(
  'MemoryStateStore',
  () => {
    const clock = new FakeClock();
    return Promise.resolve({ store: new MemoryStateStore(clock), clock, dispose: nothing });
  },
  { isShared: false },
);

describeBus(
  'MemoryBus',
  () => {
    const clock = new FakeClock();
    const bus = new MemoryBus(clock);
    return Promise.resolve({ bus, pass: (time) => clock.advance(time), dispose: () => bus.close() });
  },
  { isDurable: false },
);

const openStorage = () => Promise.resolve({ storage: new MemoryCrashStorage(), dispose: nothing });
describeCrashStorage('MemoryCrashStorage', openStorage, { isDurable: false });
describeOutbox('MemoryCrashStorage', openStorage, { isDurable: false });
