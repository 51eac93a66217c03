import { TicketLinks } from '@faultline/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTriageHost, type TriageHost } from './triage-host.js';

describe('tickets of groups, as other plugins see them', () => {
  let triage: TriageHost;
  let links: TicketLinks;
  const change = async (signature: string, wish: object) =>
    await triage.send('POST', '/api/v1/groups/changes', { groups: [{ signature }], change: wish });
  const link = async (signature: string, url: string) => await change(signature, { do: 'link-ticket', url });

  beforeAll(async () => {
    triage = await startTriageHost();
    links = triage.host.resolve(TicketLinks);
    for (const signature of ['lid', 'spout', 'handle', 'quiet']) await triage.crash(signature);
    await link('lid', 'https://bugzilla.example/show_bug.cgi?id=1234');
    await link('lid', 'https://github.com/tea/pot/issues/7');
    await link('handle', 'https://bugzilla.example/show_bug.cgi?id=1234');
    await link('spout', 'https://tracker.example/issues/55');
  });
  afterAll(() => triage.host.stop());

  it('names them as their tracker numbers them', async () => {
    expect(await links.bySignature(['lid', 'quiet', 'never seen', 'lid'])).toEqual([
      { ticket: '1234', signature: 'lid' },
      { ticket: 'tea/pot#7', signature: 'lid' },
    ]);
  });

  it('gives all signatures of a ticket', async () => {
    expect((await links.byTicket(['1234', '9'])).map(({ signature }) => signature).sort()).toEqual(['handle', 'lid']);
    expect(await links.byTicket(['tea/pot#7'])).toEqual([{ ticket: 'tea/pot#7', signature: 'lid' }]);
  });

  it('counts the tickets of merged groups for each of their signatures, until they are split', async () => {
    await change('spout', { do: 'merge', into: 'lid' });
    expect((await links.bySignature(['spout'])).map(({ ticket }) => ticket)).toEqual(['1234', 'tea/pot#7', '55']);
    expect((await links.byTicket(['55'])).map(({ signature }) => signature)).toEqual(['lid', 'spout']);
    await change('lid', { do: 'split', signatures: ['spout'] });
    expect(await links.byTicket(['55'])).toEqual([{ ticket: '55', signature: 'spout' }]);
  });

  it('forgets a ticket that was taken off', async () => {
    await change('handle', { do: 'unlink-ticket', url: 'https://bugzilla.example/show_bug.cgi?id=1234' });
    expect(await links.byTicket(['1234'])).toEqual([{ ticket: '1234', signature: 'lid' }]);
  });
});
