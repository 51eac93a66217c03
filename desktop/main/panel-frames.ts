/**
 * What `app://panel` answers: the program of the frame that shows a server's panel, and the panel's own files, fetched
 * from the chosen server. The frame is sandboxed: it has an origin like no other, no bridge, no storage and no network;
 * what a panel asks for goes through the page.
 */
import { builtFile } from './built-file.js';

/** Where frames of panels come from; the page's policy allows frames from there only. */
export const panelOrigin = 'app://panel';

const policy = [
  "default-src 'none'",
  `script-src ${panelOrigin}`,
  `style-src ${panelOrigin} 'unsafe-inline'`,
  `img-src ${panelOrigin} data: blob:`,
  `font-src ${panelOrigin} data:`,
  "base-uri 'none'",
  "form-action 'none'",
  'frame-ancestors app://faultline',
].join(';');

export interface PanelFileParts {
  /** Folder of the frame's built program. */
  panelFrame: string;
  /** Asks the chosen server the same, with its token. */
  toServer(): Promise<Response> | Response;
}

export async function panelFile(request: Request, { panelFrame, toServer }: PanelFileParts): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method !== 'GET') return new Response('only read', { status: 405 });
  const isOfServer = /^\/plugin-ui\/[^/]+\/./.test(pathname);
  const answer = isOfServer ? await toServer() : await builtFile(panelFrame, pathname, {});
  const headers = new Headers(answer.headers);
  headers.set('content-security-policy', policy);
  // A sandboxed frame is nobody to the browser: without this it may not load its own modules.
  headers.set('access-control-allow-origin', '*');
  headers.delete('cross-origin-resource-policy');
  return new Response(answer.body, { status: answer.status, headers });
}
