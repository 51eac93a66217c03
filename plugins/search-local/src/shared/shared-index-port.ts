/** The index of a shared folder: open in one process, asked over the bus by the others. */
import { deserialize, serialize } from 'node:v8';
import type { Bus, Disposer, Milliseconds } from '@faultline/sdk';
import { FaultlineError, isFaultlineError } from '@faultline/sdk/errors';
import type { CallAnswer, CallRequest, IndexCall, IndexPort, RowBatch } from '../index-calls.js';

const subject = 'search-local.ask';
const patience: Milliseconds = 60_000;
/** NATS carries 1 MiB a message unless told otherwise; base64 and JSON take a third more. */
const largestCall = 700_000;

interface Asked {
  call: IndexCall;
  /** What the thread's messages are made of, as base64: requests hold maps. */
  request: string;
}

export class SharedIndexPort implements IndexPort {
  private own: IndexPort | null = null;
  private stopAnswering: Disposer = () => {};

  constructor(private readonly options: { bus: Bus; isTrusted(): boolean }) {}

  /** True where the index is open. */
  get isHead(): boolean {
    return this.own !== null;
  }

  /** From now on this process has the index, and answers the others. */
  takeOver(own: IndexPort): void {
    this.own = own;
    this.stopAnswering = this.options.bus.respond<Asked>(subject, async ({ call, request }) => {
      const answer = await this.ask(call, deserialize(Buffer.from(request, 'base64')) as never);
      return { answer: serialize(answer).toString('base64') };
    });
  }

  async handOver(): Promise<void> {
    const { own } = this;
    this.own = null;
    this.stopAnswering();
    await own?.close();
  }

  async ask<K extends IndexCall>(call: K, request: CallRequest<K>, signal?: AbortSignal): Promise<CallAnswer<K>> {
    if (this.own === null) return await this.askHead(call, request);
    if (this.options.isTrusted()) return await this.own.ask(call, request, signal);
    throw new FaultlineError('Unavailable', 'SEARCH_HEAD_LOST', 'The search index is changing hands.', {
      hint: 'Try again in a few seconds.',
    });
  }

  close(): Promise<void> {
    return this.handOver();
  }

  private async askHead<K extends IndexCall>(call: K, request: CallRequest<K>): Promise<CallAnswer<K>> {
    const bytes = serialize(request);
    const parts = bytes.length > largestCall && call === 'takeRebuilt' ? halves(request as RowBatch) : [];
    if (parts.length > 0) {
      for (const part of parts) await this.askHead(call, part as CallRequest<K>);
      return undefined as CallAnswer<K>;
    }
    try {
      const asked: Asked = { call, request: bytes.toString('base64') };
      const { answer } = await this.options.bus.request<{ answer: string }>(subject, asked, patience);
      return deserialize(Buffer.from(answer, 'base64')) as CallAnswer<K>;
    } catch (error) {
      if (!isFaultlineError(error) || error.code !== 'BUS_NO_RESPONDER') throw error;
      throw new FaultlineError('Unavailable', 'SEARCH_HEAD_MISSING', 'No process has the search index open now.', {
        hint: 'A process with the role processor takes it; one that died is replaced within a quarter of a minute.',
        cause: error,
      });
    }
  }
}

/** One row alone is sent as it is: it is as large as it is. */
function halves({ rows, hashes }: RowBatch): RowBatch[] {
  const all = JSON.parse(rows) as unknown[];
  if (all.length < 2) return [];
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)].map((part) => ({ rows: JSON.stringify(part), hashes }));
}
