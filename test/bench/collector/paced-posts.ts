import { connect, type Socket } from 'node:net';

/**
 * Posts one report after the other at a fixed rate, whatever the answers do; a wait counts from when its post was due.
 * Gives the waits in milliseconds, shortest first. Over plain sockets: Node's HTTP client takes twice the CPU,
 * from the cores that the server shares.
 */
export async function pacedPosts(
  url: string,
  { body, contentType, rate, seconds }: { body: Buffer; contentType: string; rate: number; seconds: number },
): Promise<number[]> {
  const { host, hostname, port, pathname } = new URL(url);
  const head = [`POST ${pathname} HTTP/1.1`, `Host: ${host}`, `Content-Type: ${contentType}`];
  const message = Buffer.concat([Buffer.from([...head, `Content-Length: ${body.length}`, '', ''].join('\r\n')), body]);
  const idle: Connection[] = [];
  const waits: number[] = [];
  const post = async (dueAt: number) => {
    const connection = idle.pop() ?? new Connection(connect(Number(port), hostname));
    await connection.post(message);
    waits.push(performance.now() - dueAt);
    idle.push(connection);
  };
  const begin = performance.now();
  const posts: Promise<void>[] = [];
  const due = () => begin + (posts.length * 1000) / rate;
  while (performance.now() - begin < seconds * 1000) {
    while (due() <= performance.now()) posts.push(post(due()));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(posts);
  for (const connection of idle) connection.close();
  return waits.sort((a, b) => a - b);
}

/** A kept connection with one post at a time on it. */
class Connection {
  private text = '';
  private answered: { resolve(): void; reject(error: Error): void } | null = null;

  constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.read(bytes.toString('latin1')));
    socket.on('error', (error) => this.answered?.reject(error));
    socket.on('close', () => this.answered?.reject(new Error('The server closed the connection.')));
  }

  post(message: Buffer): Promise<void> {
    this.text = '';
    return new Promise((resolve, reject) => {
      this.answered = { resolve, reject };
      this.socket.write(message);
    });
  }

  close(): void {
    this.answered = null;
    this.socket.destroy();
  }

  private read(text: string): void {
    this.text += text;
    const head = /^HTTP\/1\.1 (\d+) [\s\S]*?\r\ncontent-length: (\d+)\r\n[\s\S]*?\r\n\r\n/i.exec(this.text);
    if (head === null || this.text.length < head[0].length + Number(head[2])) return;
    if (head[1] === '200') this.answered?.resolve();
    else this.answered?.reject(new Error(`answered ${head[1]}`));
  }
}

/** A report as a form: a few annotations and a dump. */
export function reportForm(dump: Buffer): { body: Buffer; contentType: string } {
  const boundary = 'faultline-bench-boundary';
  const part = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const annotations = Array.from({ length: 24 }, (_, n) => part(`Annotation${n}`, 'x'.repeat(40)));
  const head = [part('ProductName', 'Bench'), part('Version', '1.0'), ...annotations].join('');
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="upload_file_minidump"; filename="a.dmp"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return {
    body: Buffer.concat([Buffer.from(head + file), dump, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}
