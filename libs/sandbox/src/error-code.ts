/** The `code` of a system or stream error, whatever realm it comes from (Jest has its own `Error`). */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
