import { contributionPoint } from './contribution.js';

/**
 * A step of a plugin's own in making signatures. It is named here and runs where signatures are made: its module
 * default-exports a `SignatureRule` of `@faultline/signature`, or a list of them, and is loaded in the rules' thread,
 * so that it must not open files, sockets or databases.
 */
export interface SignatureStepModule {
  /** `<plugin>/<name>`. */
  id: string;
  title: string;
  /** `file:` URL: `new URL('./signature-rules.js', import.meta.url).href`. */
  module: string;
  /** Name of the rule that it stands behind (`OOMSignature`); absent: before what makes texts printable and short. */
  after?: string;
  /** Products whose crashes it sees; all when absent. */
  products?: string[];
}
export const SignatureRule = contributionPoint<SignatureStepModule>('SignatureRule');
