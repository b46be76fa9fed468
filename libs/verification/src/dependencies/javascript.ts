import { matches, parseJson, type PackageFile, type Packages } from './packages.js';

const PARTS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/** Files of npm, Yarn and pnpm. Only npm writes licences into its lock file. */
export const JAVASCRIPT: readonly PackageFile[] = [
  {
    name: /^package\.json$/,
    read: readManifest,
    ownLicence: (text) => {
      const licence = parseJson(text)['license'];
      return licence === undefined ? undefined : JSON.stringify(licence);
    },
  },
  { name: /^(package-lock|npm-shrinkwrap)\.json$/, read: readLock, lock: 'licences' },
  {
    name: /^yarn\.lock$/,
    // `"@a/b@^1", c@2:` and below it `version "1.2.3"`, or `version: 1.2.3` since Yarn 2.
    read: (text) =>
      matches(text, /^"?(@?[^@\s"]+)@[^\n]*:\n(?:\s{2}[^\n]*\n)*?\s{2}version:? "?([^"\s]+)"?/gm),
    lock: 'no licences',
  },
  {
    name: /^pnpm-lock\.yaml$/,
    // `  /a/1.2.3:`, `  /a@1.2.3:` or `  'a@1.2.3(peer@1)':`, by age of the format.
    read: (text) =>
      matches(
        text,
        /^ {2}['"]?\/?((?:@[^/\s]+\/)?[^@/\s'"]+)[@/](\d[^('":\s]*)[^\n]*:\s*(?:\{.*)?$/gm,
      ),
    lock: 'no licences',
  },
];

function readLock(text: string): Packages {
  const { packages } = parseJson(text) as {
    packages?: Record<string, { version?: string; license?: string }>;
  };
  const found: Packages = new Map();
  for (const [path, { version, license }] of Object.entries(packages ?? {})) {
    const name = path.split('node_modules/').at(-1);
    if (path.includes('node_modules/') && version !== undefined && name !== undefined)
      found.set(name, { version, licence: license });
  }
  return found;
}

function readManifest(text: string): Packages {
  const manifest = parseJson(text);
  const found: Packages = new Map();
  for (const part of PARTS) {
    for (const [name, version] of Object.entries(manifest[part] ?? {}))
      found.set(name, { version: String(version) });
  }
  return found;
}
