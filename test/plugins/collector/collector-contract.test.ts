import { FaultlineError, parseCrashId } from '@faultline/sdk';
import { describeCollector } from '@faultline/testing/suites';
import { form, intakeOf, part, post } from './submit-post.js';

describeCollector('POST /submit', () => {
  const { intake, storage, bus } = intakeOf();
  const idOf = (text: string) => parseCrashId(text.replace('CrashID=', ''));
  return Promise.resolve({
    storage,
    bus,
    send: async ({ annotation, dump }) => {
      const file = { filename: 'a.dmp', type: 'application/octet-stream' };
      const body = form(
        part('ProductName', 'Teapot'),
        part('Comments', annotation),
        part('upload_file_minidump', dump, file),
      );
      return idOf((await post(intake, body)).text);
    },
    sendRubbish: async () => idOf((await post(intake, Buffer.from('no form at all'))).text),
    breakStorage: () => {
      intake.storage = Object.assign(Object.create(storage) as typeof storage, {
        openDraft: () => ({
          ...storage.openDraft(),
          commit: () => Promise.reject(new FaultlineError('Unavailable', 'STORAGE_FAILED', 'The disk is gone.')),
        }),
      });
    },
    close: () => bus.close(),
  });
});
