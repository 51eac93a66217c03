/** What the page and the frame of a server's panel say to each other over one port. Everything is plain data. */

/** The first message, with the port: what the frame shows, and how the page looks. */
export interface PanelStart {
  kind: 'start';
  /** Address of the panel's module, below the frame's own. */
  module: string;
  subject: Record<string, unknown>;
  look: PanelLook;
}

/** Attributes of the page's root, which choose colours and sizes. */
export interface PanelLook {
  theme: string;
  density: string;
  language: string;
}

export type ToFrame =
  | { kind: 'look'; look: PanelLook }
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'refused'; id: number; error: { code: string; message: string; hint: string } };

export type FromFrame =
  | { kind: 'shown' }
  | { kind: 'failed'; message: string }
  /** Pixels that the panel needs. */
  | { kind: 'height'; height: number }
  | { kind: 'call'; id: number; method: 'GET' | 'POST'; path: string; body: unknown }
  | { kind: 'navigate'; path: string };

const longestPath = 4000;

/** Reads a message of a frame, whose code is a server's: null for anything that is not as expected. */
export function readFromFrame(data: unknown): FromFrame | null {
  if (typeof data !== 'object' || data === null) return null;
  const { kind, id, height, message, method, path, body } = data as Record<string, unknown>;
  switch (kind) {
    case 'shown':
      return { kind };
    case 'failed':
      return { kind, message: typeof message === 'string' ? message.slice(0, 500) : '' };
    case 'height':
      return typeof height === 'number' && Number.isFinite(height) ? { kind, height } : null;
    case 'navigate':
      return isPath(path) && path.startsWith('/') && !path.startsWith('//') ? { kind, path } : null;
    case 'call':
      if (typeof id !== 'number' || !isPath(path) || (method !== 'GET' && method !== 'POST')) return null;
      return { kind, id, method, path, body };
    default:
      return null;
  }
}

function isPath(path: unknown): path is string {
  return typeof path === 'string' && path.length <= longestPath;
}
