import type { NoticeMessage } from '@faultline/sdk';

const marks = { raised: 'PROBLEM', reminder: 'STILL', cleared: 'SOLVED', test: 'TEST' } as const;

/** One line: "[PROBLEM] crashes.example.org: Search is 3,412 crashes behind." */
export function messageLine({ event, notice, installation }: NoticeMessage): string {
  return `[${marks[event]}] ${installation}: ${notice.text}`;
}

/** All of it, for a mail. */
export function messageText(message: NoticeMessage): string {
  const { event, notice, url } = message;
  const time = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [
    notice.text,
    ...(event === 'cleared' ? [] : [notice.hint]),
    '',
    `Since: ${time(notice.raisedAt)}`,
    ...(notice.clearedAt === null ? [] : [`Over since: ${time(notice.clearedAt)}`]),
    ...(url === '' ? [] : [`More: ${url}`]),
    '',
  ].join('\n');
}
