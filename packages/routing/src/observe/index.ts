export { type AttemptsObserver, createAttemptsObserver } from './attempts-observer.ts';
export { countFirstAttempts } from './count-first-attempts.ts';
