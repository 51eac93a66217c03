import { Marked } from 'marked';
import { anchorOf } from './help-sections.js';

/**
 * The HTML of one of our own Markdown texts: articles and the changelog, nothing from outside.
 * @param addressOf The full address of a path of the screens ("/inbox").
 */
export function htmlOf(markdown: string, addressOf: (path: string) => string): string {
  const marked = new Marked({
    async: false,
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>`;
      },
      link({ href, tokens }) {
        const address = href.startsWith('/') ? addressOf(href) : href;
        return `<a href="${address.replaceAll('"', '%22')}">${this.parser.parseInline(tokens)}</a>`;
      },
    },
  });
  return marked.parse(markdown) as string;
}
