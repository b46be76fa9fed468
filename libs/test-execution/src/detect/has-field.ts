/** A field of package.json itself; the same word among the dependencies configures nothing. */
export function hasField(manifest: string, name: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(manifest) as object, name);
  } catch {
    return false;
  }
}
