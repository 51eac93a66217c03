/** The program of a web worker: takes addresses of a dump and of symbol texts, answers with the walk's JSON. */
import { walkBlob } from './walk-blob.js';

export interface WorkerRequest {
  dump: string;
  /** Address of a symbol text by debug id. */
  symbols: Record<string, string>;
}

async function blobAt(address: string): Promise<Blob> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: HTTP ${response.status}`);
  return response.blob();
}

addEventListener('message', ({ data }: MessageEvent<WorkerRequest>) => {
  const walk = async () => {
    const texts = new Map<string, Blob>();
    for (const [debugId, address] of Object.entries(data.symbols)) texts.set(debugId, await blobAt(address));
    return walkBlob(await blobAt(data.dump), texts);
  };
  walk().then(
    (json) => postMessage({ json }),
    (error: unknown) => postMessage({ failure: error instanceof Error ? (error.stack ?? error.message) : 'unknown' }),
  );
});
