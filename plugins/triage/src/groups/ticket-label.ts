/** How people call a ticket, by the shape of its address. */
const shapes: { path: RegExp; label(parts: readonly string[]): string }[] = [
  { path: /\/browse\/([A-Za-z][A-Za-z0-9_]*-\d+)\/?$/, label: ([key = '']) => key.toUpperCase() },
  { path: /\/issue\/([A-Za-z][A-Za-z0-9_]*-\d+)(?:\/|$)/, label: ([key = '']) => key.toUpperCase() },
  { path: /^\/(.+?)\/-\/(?:issues|work_items)\/(\d+)/, label: ([project, id]) => `${project}#${id}` },
  { path: /^\/(.+?)\/-\/merge_requests\/(\d+)/, label: ([project, id]) => `${project}!${id}` },
  { path: /^\/([^/]+\/[^/]+)\/(?:issues|pull|pulls)\/(\d+)/, label: ([repository, id]) => `${repository}#${id}` },
  { path: /\/_workitems\/edit\/(\d+)/, label: ([id]) => `AB#${id}` },
  { path: /\/(?:issues|ticket|tickets)\/(\d+)\/?$/, label: ([id]) => `#${id}` },
  { path: /\/[bT](\d+)$/, label: ([id]) => `T${id}` },
];

/**
 * `bug 1234` for Bugzilla, `owner/repo#12` for GitHub and Gitea, `group/project#12` for GitLab, `ABC-7` for Jira,
 * Linear and YouTrack, `#12` for Redmine and Trac; the host and path when the address is of no known tracker.
 */
export function ticketLabel(address: string): string {
  const url = new URL(address);
  const bug = /\/show_bug\.cgi$/.test(url.pathname) ? url.searchParams.get('id') : null;
  if (bug !== null && /^[\w-]{1,40}$/.test(bug)) return `bug ${bug}`;
  if (/^bugzilla\./.test(url.hostname) && /^\/\d{1,12}$/.test(url.pathname)) return `bug ${url.pathname.slice(1)}`;
  for (const { path, label } of shapes) {
    const found = path.exec(url.pathname);
    if (found !== null) return label(found.slice(1));
  }
  return `${url.host}${url.pathname === '/' ? '' : url.pathname}`.slice(0, 100);
}
