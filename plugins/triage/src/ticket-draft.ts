import { fillLink, type ProductSettings, type TicketPlaceholder } from '@faultline/sdk';
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
  cpu: string;
  reason: string;
  /** Of the newest report; "" for none. */
  crashId: string;
}

/** Trackers refuse longer addresses. */
const longestUrl = 8_000;

/**
 * Fills the template, and with it the forms of the product's trackers (or, without any, that of the template).
 * Unknown names in titles and bodies stay as they are.
 */
export function ticketDraft(
  template: TicketTemplate,
  facts: TicketFacts,
  trackers: ProductSettings['ticketLinks'],
): TicketDraft {
  const values: Record<string, string> = {
    ...facts,
    frames: facts.frames.join('\n'),
    count: String(facts.count),
    stack: facts.frames.map((frame, index) => `${String(index).padStart(2)}  ${frame}`).join('\n'),
  };
  const title = fill(template.title, values);
  const body = fill(template.body, values);
  const own = template.url === '' ? [] : [{ label: 'New ticket', url: template.url }];
  const links = (trackers.length > 0 ? trackers : own).flatMap(({ label, url }) => {
    const address = filledLink(url, { ...facts, title, body });
    return address === null ? [] : [{ label, url: address }];
  });
  return { title, body, links };
}

function filledLink(template: string, facts: TicketFacts & { title: string; body: string }): string | null {
  const values: Record<TicketPlaceholder | 'body', string> = {
    title: facts.title,
    signature: facts.signature,
    product: facts.product,
    version: facts.version,
    os: facts.os,
    cpu: facts.cpu,
    reason: facts.reason,
    crash_id: facts.crashId,
    url: facts.link,
    description: facts.body,
    body: facts.body,
  };
  const address = fillLink(template, values);
  if (address === null || address.length <= longestUrl) return address;
  return fillLink(template, { ...values, description: '', body: '' });
}

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  );
}
