/** A tree of texts that tells in one walk which of them a text starts with. */
interface PrefixNode<Value> {
  value: Value | null;
  next: Map<string, PrefixNode<Value>>;
}

/** Plain texts in the order of a list; the first one added wins. */
export class LiteralPrefixes<Value extends { line: number }> {
  private readonly root: PrefixNode<Value> = { value: null, next: new Map() };

  add(prefix: string, value: Value): void {
    let node = this.root;
    for (let at = 0; at < prefix.length; at++) {
      const character = prefix.charAt(at);
      let next = node.next.get(character);
      if (next === undefined) node.next.set(character, (next = { value: null, next: new Map() }));
      node = next;
    }
    node.value ??= value;
  }

  /** Of all prefixes that the text has, the one that stands first in the list; null when it has none. */
  first(text: string): Value | null {
    let node: PrefixNode<Value> | undefined = this.root;
    let found = node.value;
    for (let at = 0; at < text.length; at++) {
      node = node.next.get(text.charAt(at));
      if (node === undefined) break;
      if (node.value !== null && (found === null || node.value.line < found.line)) found = node.value;
    }
    return found;
  }
}
