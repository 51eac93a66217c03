/** Path that this page is served below, with a slash at both ends: `/` or `/crashes/`. From `<base href>`. */
export function basePath(): string {
  return new URL('.', document.baseURI).pathname;
}
