/** The host as a library; the program is `faultline`, tests take `@faultline/server/testing`. */
export { startHost, type Host, type HostOptions } from './host.js';
