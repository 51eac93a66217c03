/** Made by `texts-files.ts` of the build. */
declare module 'virtual:texts' {
  /** Address of the JSON of each language's texts. */
  export const addresses: Readonly<Record<'en' | 'de', string>>;
}
