/** The two channels that everything goes through. */
export const askChannel = 'faultline:ask';
export const tellChannel = 'faultline:tell';

/** An error crosses as plain data: Electron would keep its message only. */
export type AppAnswer = { value: unknown } | { failure: { code: string; message: string; hint: string } };
export interface AppTold {
  name: string;
  value: unknown;
}
