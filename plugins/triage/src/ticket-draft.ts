import type { TicketDraft } from '@faultline/sdk/api';

/** How a product's tickets are filled in; see `config.ts` for the names in braces. */
export interface TicketTemplate {
  url: string;
  title: string;
  body: string;
}

export interface TicketFacts {
  signature: string;
  product: string;
  version: string;
  count: number;
  firstSeen: string;
  /** `module!function` lines, innermost first. */
  frames: readonly string[];
  /** Address of the group's page. */
  link: string;
  os: string;
  reason: string;
}

/** Trackers refuse longer addresses. */
const longestUrl = 8_000;

/** Fills a template; in the address every value is escaped. Unknown names stay as they are. */
export function ticketDraft(template: TicketTemplate, facts: TicketFacts): TicketDraft {
  const values: Record<string, string> = {
    ...facts,
    count: String(facts.count),
    stack: facts.frames.map((frame, index) => `${String(index).padStart(2)}  ${frame}`).join('\n'),
    frames: facts.frames.join('\n'),
  };
  const title = fill(template.title, values, (value) => value);
  const body = fill(template.body, values, (value) => value);
  const url = fill(template.url, { ...values, title, body }, encodeURIComponent);
  return {
    title,
    body,
    url: url.length <= longestUrl ? url : fill(template.url, { ...values, title, body: '' }, encodeURIComponent),
  };
}

function fill(text: string, values: Record<string, string>, escape: (value: string) => string): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? escape(values[name] ?? '') : whole,
  );
}
