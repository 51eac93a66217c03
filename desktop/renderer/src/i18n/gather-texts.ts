/** Texts of all areas of one language: an object of areas, nested as in their files. */
export interface Texts {
  [key: string]: string | Texts;
}

/**
 * Joins the areas' files into one tree: `../inbox/texts.en.json` gives what stands under `inbox`.
 * @param files Contents by path: the folder of a file is its area.
 */
export function gatherTexts(files: Record<string, Texts>): Texts {
  return Object.fromEntries(Object.entries(files).map(([path, texts]) => [areaOf(path), texts]));
}

/** `../top-crashers/texts.en.json` is the area `topCrashers`: keys are names, not file names. */
function areaOf(path: string): string {
  const folder = path.split('/').at(-2) ?? '';
  return folder.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
