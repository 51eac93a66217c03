/** One thing that the help can find. */
export interface HelpSection {
  title: string;
  /** What it belongs to: an article, "API", "Fields". */
  of: string;
  text: string;
  /** Where it is read. */
  path: string;
}

/** The parts of a Markdown text below its second-level headings, each with the place that a heading's link has. */
export function sectionsOf(markdown: string, { of, path }: { of: string; path: string }): HelpSection[] {
  const sections: HelpSection[] = [];
  for (const part of markdown.split(/^(?=##? )/m)) {
    const [heading = '', ...lines] = part.split('\n');
    const title = plain(heading.replace(/^##? /, ''));
    const text = plain(lines.join(' '));
    if (text === '') continue;
    sections.push({ title, of, text, path: heading.startsWith('## ') ? `${path}#${anchorOf(title)}` : path });
  }
  return sections;
}

/** What a heading is called in an address: "When a report says less" is "when-a-report-says-less". */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}

/** Markdown without its marks, for finding and showing as a line. */
function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[|*`]|^-{3,}|(?<=\|) ?-{3,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
