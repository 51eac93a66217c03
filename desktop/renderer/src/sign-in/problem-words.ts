/** Why single sign-on led back here: the codes that the server puts behind `#problem=`. */
const words: Readonly<Record<string, string>> = {
  OIDC_FLOW_UNKNOWN: 'This sign-in was not begun in this browser, was used before, or took too long. Begin again.',
  OIDC_REFUSED: 'The answer of the sign-in provider is not good. Try again; the log of the server has the reason.',
  OIDC_NOT_ADMITTED: 'The provider knows you, but none of your groups may use this server. Ask an admin.',
  OIDC_UNREACHABLE: 'The sign-in provider does not answer. Use another way in, or try again later.',
  ACCOUNT_DISABLED: 'This account is disabled. An admin can enable it again.',
};

export function problemWords(code: string): string {
  return words[code] ?? 'Signing in did not work. The log of the server has the reason.';
}
