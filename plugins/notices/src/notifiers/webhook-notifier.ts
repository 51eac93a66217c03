import { createHmac } from 'node:crypto';
import type { Milliseconds, NoticeMessage, Notifier } from '@faultline/sdk';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import type { WebhookConfig } from '../config.js';
import { secretText } from '../secret-text.js';
import { messageLine } from './message-text.js';

/** Statuses after which the same message may be taken later; others say that the address or the message is wrong. */
const passing = new Set([408, 425, 429]);

/**
 * Posts a notice as JSON. `text` stands at the top for chats (Slack, Mattermost) that show just that. Redirects are not
 * followed: notices go to the address that was configured and nowhere else.
 */
export function webhookNotifier(
  name: string,
  config: WebhookConfig,
  { dataFolder, timeout }: { dataFolder: string; timeout: Milliseconds },
): Notifier {
  return {
    id: `notices/webhook-${name}`,
    title: `Webhook ${name}`,
    target: config.url === undefined ? 'address in a file' : `${new URL(config.url).origin}/…`,
    async deliver(message, signal) {
      const url = await secretText({ text: config.url, file: config.urlFile }, dataFolder);
      const secret = await secretText({ text: config.secret, file: config.secretFile }, dataFolder);
      const body = JSON.stringify(bodyOf(message));
      const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'Faultline' };
      if (secret !== undefined) {
        headers['x-faultline-signature'] = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
      }
      let response: Response;
      try {
        response = await fetch(url ?? '', {
          method: 'POST',
          headers,
          body,
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        });
      } catch (error) {
        signal.throwIfAborted();
        const isLate = error instanceof DOMException && error.name === 'TimeoutError';
        throw new FaultlineError(
          isLate ? 'Timeout' : 'Unavailable',
          isLate ? 'WEBHOOK_TIMEOUT' : 'WEBHOOK_UNREACHABLE',
          isLate ? `No answer within ${timeout} ms.` : `The address can't be reached (${reasonOf(error)}).`,
        );
      }
      // What it says is not read: it may be endless.
      await response.body?.cancel();
      if (response.ok) return;
      const { status } = response;
      throw new FaultlineError(
        passing.has(status) || status >= 500 ? 'Unavailable' : 'Malformed',
        'WEBHOOK_REFUSED',
        `The answer was ${status}.`,
        { details: { status, retryAfter: retryAfter(response) } },
      );
    },
  };
}

/** Milliseconds that a 429 or 503 asks to wait; null when it does not say. */
function retryAfter(response: Response): Milliseconds | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3600) * 1000 : null;
}

function bodyOf(message: NoticeMessage): object {
  const { id, event, notice, installation, url } = message;
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    text: `${messageLine(message)}${event === 'cleared' ? '' : ` ${notice.hint}`}`,
    id,
    event,
    installation,
    url,
    notice: {
      key: notice.key,
      severity: notice.severity,
      text: notice.text,
      hint: notice.hint,
      raisedAt: time(notice.raisedAt),
      clearedAt: time(notice.clearedAt),
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  return systemErrorCode(error.cause) || error.name;
}
