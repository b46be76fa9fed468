import { parseJson, type PackageFile, type Packages } from './packages.js';

/** Files of NuGet: projects, central versions, and the lock file. */
export const DOTNET: readonly PackageFile[] = [
  {
    name: /\.(cs|fs|vb)proj$|^Directory\.(Packages|Build)\.(props|targets)$/i,
    read: readProject,
    ownLicence: (text) => /<PackageLicense(?:Expression|File|Url)>\s*([^<]+?)\s*</i.exec(text)?.[1],
  },
  {
    name: /^packages\.config$/i,
    read: (text) => elements(text, /<package\s([^>]*)>/gi, 'id'),
  },
  { name: /^packages\.lock\.json$/, read: readLock, lock: 'no licences' },
];

function readProject(text: string): Packages {
  const xml = text.replace(/<!--[\s\S]*?-->/g, '');
  return elements(
    xml,
    /<(?:Package(?:Reference|Version)|GlobalPackageReference)\s([^>]*?)(?:\/>|>([\s\S]*?)<\/Package(?:Reference|Version)>)/gi,
    'Include',
  );
}

/** Elements with a name and a version, which may be an attribute or an element inside. */
function elements(xml: string, pattern: RegExp, nameAttribute: string): Packages {
  const found: Packages = new Map();
  for (const [, attributes = '', inside = ''] of xml.matchAll(pattern)) {
    const of = (name: string): string | undefined =>
      new RegExp(`(?:^|\\s)${name}\\s*=\\s*"([^"]*)"`, 'i').exec(attributes)?.[1];
    const name = of(nameAttribute) ?? of('Update');
    if (name === undefined) continue;
    const version =
      of('Version') ?? of('VersionOverride') ?? /<Version>\s*([^<]*?)\s*</i.exec(inside)?.[1];
    found.set(name, { version: version ?? 'a central version' });
  }
  return found;
}

function readLock(text: string): Packages {
  const frameworks = (parseJson(text)['dependencies'] ?? {}) as Record<
    string,
    Record<string, { resolved?: string }>
  >;
  const found: Packages = new Map();
  for (const packages of Object.values(frameworks)) {
    for (const [name, { resolved }] of Object.entries(packages))
      if (resolved !== undefined) found.set(name, { version: resolved });
  }
  return found;
}
