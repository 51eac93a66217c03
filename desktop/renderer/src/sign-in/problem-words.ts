import { t } from '../i18n/i18n.js';

/** Why single sign-on led back here: the codes that the server puts behind `#problem=`. */
const words: Readonly<Record<string, string>> = {
  OIDC_FLOW_UNKNOWN: 'signIn.problemWords.thisSignInWas',
  OIDC_REFUSED: 'signIn.problemWords.theAnswerOfThe',
  OIDC_NOT_ADMITTED: 'signIn.problemWords.theProviderKnowsYou',
  OIDC_UNREACHABLE: 'signIn.problemWords.theSignInProvider',
  ACCOUNT_DISABLED: 'signIn.problemWords.thisAccountIsDisabled',
};

export function problemWords(code: string): string {
  return t(words[code] ?? 'signIn.problemWords.signingInDidNot');
}
