import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A symbol server of one test: answers by path, and counts what it was asked. */
export interface SymbolServer {
  url: string;
  asked: string[];
  close(): Promise<void>;
}

export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** What is not in `answers` is a 404. */
export async function startSymbolServer(answers: Record<string, Answer>): Promise<SymbolServer> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push(path);
    const answer = answers[path] ?? answers[path.replace(/\?.*/, '')];
    if (answer === undefined) response.writeHead(404).end('not here');
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
