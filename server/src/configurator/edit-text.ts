import { isMap, isNode, parseDocument, YAMLMap, type Document } from 'yaml';

/** One setting of the file: a new value, or `undefined` to take it out, so that its default holds again. */
export interface SettingChange {
  /** `section.key.inner` */
  name: string;
  value?: unknown;
}

/**
 * The text of a configuration file with some settings changed. Comments, order and everything that is not named stay
 * as they were written; a section that is new comes at the end, one that has nothing left goes.
 * @param text YAML without errors, or "".
 */
export function editConfigText(text: string, changes: readonly SettingChange[]): string {
  const document: Document = parseDocument(text);
  if (!isMap(document.contents)) document.contents = keepingComment(document);
  for (const { name, value } of changes) {
    const path = name.split('.');
    if (value === undefined) remove(document, path);
    else set(document, path, value);
  }
  return document.toString({ lineWidth: 120 });
}

/** A file of nothing but comments has them at its end; what is added must come after them. */
function keepingComment(document: Document): YAMLMap {
  const map = new YAMLMap();
  const { comment } = document;
  if (typeof comment === 'string') {
    document.commentBefore = [document.commentBefore, comment].filter((part) => part != null).join('\n\n');
    document.comment = null;
  }
  return map;
}

function set(document: Document, path: readonly string[], value: unknown): void {
  // `collector:` with nothing below it is null, where a section has to be.
  for (let length = 1; length < path.length; length++) {
    if (!isMap(document.getIn(path.slice(0, length), true))) document.setIn(path.slice(0, length), new YAMLMap());
  }
  const before = document.getIn(path, true);
  const node = document.createNode(value);
  // What somebody wrote beside the old value is about the setting.
  if (isNode(before)) Object.assign(node, { comment: before.comment, commentBefore: before.commentBefore });
  document.setIn(path, node);
}

function remove(document: Document, path: readonly string[]): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  for (let length = path.length - 1; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length), true);
    if (isMap(parent) && parent.items.length === 0) document.deleteIn(path.slice(0, length));
  }
}
