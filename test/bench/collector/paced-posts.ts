import http from 'node:http';

/**
 * Posts one report after the other at a fixed rate, whatever the answers do; a wait counts from when its post was due.
 * Gives the waits in milliseconds, shortest first.
 */
export async function pacedPosts(
  url: string,
  { body, contentType, rate, seconds }: { body: Buffer; contentType: string; rate: number; seconds: number },
): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });
  const headers = { 'content-type': contentType, 'content-length': body.length };
  const waits: number[] = [];
  const begin = performance.now();
  const post = (due: number) =>
    new Promise<void>((resolve, reject) => {
      const request = http.request(url, { method: 'POST', agent, headers }, (answer) => {
        answer.resume();
        answer.once('end', () => {
          waits.push(performance.now() - due);
          if (answer.statusCode === 200) resolve();
          else reject(new Error(`answered ${answer.statusCode}`));
        });
      });
      request.once('error', reject);
      request.end(body);
    });
  const posts: Promise<void>[] = [];
  while (performance.now() - begin < seconds * 1000) {
    for (let due = begin + (posts.length * 1000) / rate; due <= performance.now();) {
      posts.push(post(due));
      due = begin + (posts.length * 1000) / rate;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(posts);
  agent.destroy();
  return waits.sort((a, b) => a - b);
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
