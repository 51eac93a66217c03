import type { FaultlineBridge } from '../../../shared/bridge.js';

declare global {
  interface Window {
    /** Only inside the app. */
    faultline?: FaultlineBridge;
  }
}

/** The app's bridge; null in a browser. */
export function appBridge(): FaultlineBridge | null {
  return window.faultline ?? null;
}
