/** Packages that a manifest or lock file names, by name. */
export type Packages = Map<string, { version: string; licence?: string | undefined }>;

/** One kind of file that names packages. */
export interface PackageFile {
  /** Of the file's name, without folders. */
  name: RegExp;
  read: (text: string) => Packages;
  /** It names everything that comes in, and with `licences` what each is given away under. */
  lock?: 'licences' | 'no licences';
  /** The licence of the project itself, as the file states it. */
  ownLicence?: (text: string) => string | undefined;
}

/** Every match of a global pattern with two groups, name and version, as packages. */
export function matches(text: string, pattern: RegExp, fallback = 'any version'): Packages {
  return new Map(
    [...text.matchAll(pattern)].map(([, name = '', version]) => [
      name,
      { version: version?.trim() || fallback },
    ]),
  );
}

/** JSON as an object; empty for anything else. */
export function parseJson(text: string): Record<string, object | undefined> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, object | undefined>)
      : {};
  } catch {
    return {};
  }
}
