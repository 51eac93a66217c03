import { token } from './token.js';

/** A ticket elsewhere and a signature that it is about. */
export interface TicketLink {
  /** As the tracker numbers it: "1234567". */
  ticket: string;
  signature: string;
}

/** Which tickets are about which signatures, as people have linked them. */
export interface TicketLinks {
  bySignature(signatures: readonly string[]): Promise<TicketLink[]>;
  byTicket(tickets: readonly string[]): Promise<TicketLink[]>;
}
export const TicketLinks = token<TicketLinks>('core.ticketLinks');
