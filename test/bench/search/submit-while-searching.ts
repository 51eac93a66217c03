/** How long `/submit` takes while the heaviest search is asked again and again, and while it is not. */
const seconds = 10;
const postsASecond = 20;

/** No index helps it: every distinct stack is tried, every crash is sorted, and its lists are counted. */
const worst = `search?from=2026-08-24&to=2026-11-22&limit=1000&sort=proto_signature&q=${encodeURIComponent(
  'proto_signature:@".*(a|b|c)+.*(Queue|Layer)[a-z0-9]*.*x.*"',
)}&facets=${encodeURIComponent('modules:1000>signature:100,address:10000,addons:1000>os_name:10')}`;

export async function submitWhileSearching(url: string): Promise<void> {
  console.log(`/submit alone: ${await posts(url)}`);
  const stop = new AbortController();
  let asked = 0;
  const searching = Array.from({ length: 2 }, async () => {
    while (!stop.signal.aborted) {
      const response = await fetch(`${url}/api/v1/${worst}`, { signal: stop.signal });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
      asked++;
    }
  });
  const during = await posts(url);
  stop.abort();
  await Promise.allSettled(searching);
  console.log(`/submit while two clients repeat the heaviest search (${asked} answers): ${during}`);
}

/** At a steady rate, whether the one before has been answered or not. */
async function posts(url: string): Promise<string> {
  const times: Promise<number>[] = [];
  const began = performance.now();
  for (let index = 0; index < seconds * postsASecond; index++) {
    const due = began + (index * 1000) / postsASecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    times.push(post(url));
  }
  const sorted = (await Promise.all(times)).sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  return `${sorted.length} posts, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

async function post(url: string): Promise<number> {
  const form = new FormData();
  form.set('ProductName', 'Kestrel');
  form.set('Version', '127.0');
  form.set('Notes', 'x'.repeat(20_000));
  const at = performance.now();
  const response = await fetch(`${url}/submit`, { method: 'POST', body: form });
  const text = await response.text();
  if (!text.startsWith('CrashID=')) throw new Error(`${response.status} ${text}`);
  return performance.now() - at;
}
