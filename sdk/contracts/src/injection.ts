/**
 * Constructor injection for services, by explicit token on every parameter:
 *
 *     @injectable()
 *     class Intake { constructor(@inject(CrashStorage) private readonly storage: CrashStorage) {} }
 *
 * Import these from here and never from tsyringe itself: its registrations live in the module, so the host and every
 * plugin must use the same copy.
 */
import 'reflect-metadata';

export { container as rootContainer, inject, injectable } from 'tsyringe';
export type { DependencyContainer } from 'tsyringe';
