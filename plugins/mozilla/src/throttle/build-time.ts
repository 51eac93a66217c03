/** Day of a build id of Mozilla's, 14 digits that begin with 20, in ms since 1970; null when it is none. */
export function buildTime(buildId: string): number | null {
  const digits = /^(20\d{2})(\d{2})(\d{2})\d{6}$/.exec(buildId);
  if (digits === null) return null;
  const time = Date.UTC(Number(digits[1]), Number(digits[2]) - 1, Number(digits[3]));
  return new Date(time).getUTCDate() === Number(digits[3]) ? time : null;
}
