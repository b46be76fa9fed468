/** What this library needs of a logger; pino fits. Facts come first, the sentence second. */
export interface MessagingLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}
