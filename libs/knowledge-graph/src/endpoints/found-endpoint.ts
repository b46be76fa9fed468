import type { SymbolRef } from '../resolve/source-unit.js';

/** A route of the project before it has an id. */
export interface FoundEndpoint {
  /** Upper case; `ALL` for every method, `WEBSOCKET` for a socket. */
  method: string;
  /** The full path with every prefix, in the notation of its framework. */
  path: string;
  /** The file of the handler, or of the registration when the handler is written there. */
  file: string;
  line: number;
  handler: SymbolRef | null;
  /** What guards it, as written; null when nothing visible does. */
  auth: string | null;
  framework: string;
  /** Why the path may lack a prefix; null when it is whole. */
  doubt: string | null;
}
