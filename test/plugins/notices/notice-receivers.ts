/** A webhook that behaves as told, post after post, and a real SMTP server. Stop what you start. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface Post {
  body: string;
  headers: NodeJS.Dict<string | string[]>;
}

/** @param answers status of each post in turn, `hang` for one that gets none; the last one stays */
export async function startWebhook(answers: (number | 'hang')[], headers: Record<string, string> = {}) {
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      posts.push({ body, headers: request.headers });
      const answer = answers[Math.min(posts.length - 1, answers.length - 1)] ?? 200;
      if (answer !== 'hang') response.writeHead(answer, headers).end('thanks');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-part`,
    posts,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Takes mail from `faultline` with the password `right`; refuses recipients at `refused.example`. */
export async function startMailServer() {
  const mails: ParsedMail[] = [];
  const server = new SMTPServer({
    hideSTARTTLS: true,
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'faultline' && password === 'right') done(null, { user: username });
      else done(new Error('who are you'));
    },
    onRcptTo: ({ address }, _session, done) => {
      if (!address.endsWith('@refused.example')) return done();
      done(Object.assign(new Error('nobody here'), { responseCode: 550 }));
    },
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        mails.push(mail);
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    stop: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}
