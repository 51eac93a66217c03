import type { Milliseconds, Notifier } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { MailConfig } from '../config.js';
import { secretText } from '../secret-text.js';
import { messageLine, messageText } from './message-text.js';

/** Sends a notice by SMTP, as plain text. The library is loaded with the first mail. */
export function mailNotifier(
  config: MailConfig,
  { dataFolder, timeout }: { dataFolder: string; timeout: Milliseconds },
): Notifier {
  return {
    id: 'notices/mail',
    title: 'Mail',
    target: `${config.to.join(', ')} by ${config.host}:${config.port}`,
    async deliver(message, signal) {
      const pass = await secretText({ text: config.password, file: config.passwordFile }, dataFolder);
      const { createTransport } = await import('nodemailer');
      const secure = config.secure ?? config.port === 465;
      const transport = createTransport({
        host: config.host,
        port: config.port,
        secure,
        requireTLS: config.requireTls && !secure,
        ...(config.user === undefined ? {} : { auth: { user: config.user, pass: pass ?? '' } }),
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const close = () => transport.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        await transport.sendMail({
          from: config.from,
          to: config.to,
          subject: messageLine(message).slice(0, 200),
          text: messageText(message),
          // The same for each attempt: a mail that was taken and whose answer was lost is one for most mail programs.
          messageId: `<${message.id}@faultline.${config.from.split('@')[1] ?? 'invalid'}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        signal.throwIfAborted();
        throw asMailError(error);
      } finally {
        signal.removeEventListener('abort', close);
        transport.close();
      }
    },
  };
}

/** 4xx of SMTP is "later", 5xx "never"; what the server says may hold addresses, and stays out. */
function asMailError(error: unknown): FaultlineError {
  const { code = 'ERROR', responseCode } = error as { code?: string; responseCode?: number };
  const isFinal = code === 'EAUTH' || (responseCode !== undefined && responseCode >= 500);
  const answer = responseCode === undefined ? code : `${code} ${responseCode}`;
  return new FaultlineError(
    isFinal ? 'Malformed' : 'Unavailable',
    'MAIL_REFUSED',
    code === 'EAUTH'
      ? `The mail server does not take the user or the password (${answer}).`
      : `The mail server did not take the mail (${answer}).`,
    { cause: error },
  );
}
