import { matches, type PackageFile, type Packages } from './packages.js';

/** Files of Maven and Gradle. What a version property stands for is looked up in the same file. */
export const JAVA: readonly PackageFile[] = [
  {
    name: /^pom\.xml$/,
    read: readPom,
    ownLicence: (text) =>
      /<licen[cs]es>[\s\S]*?<name>\s*([^<]+?)\s*<\/name>/.exec(uncommented(text))?.[1],
  },
  {
    name: /^build\.gradle(\.kts)?$/,
    read: (text) => matches(text, /["']([\w.-]+:[\w.-]+)(?::([\w.$(){}+[\],-]+))?["']/g),
  },
  {
    name: /^gradle\.lockfile$/,
    read: (text) => matches(text, /^([\w.-]+:[\w.-]+):([^=\s]+)=/gm),
    lock: 'no licences',
  },
];

function readPom(text: string): Packages {
  const xml = uncommented(text);
  const found: Packages = new Map();
  for (const [, kind = '', block = ''] of xml.matchAll(
    /<(dependency|plugin|extension|parent)>([\s\S]*?)<\/\1>/g,
  )) {
    const own = block.replace(/<(exclusions|dependencies|configuration)>[\s\S]*?<\/\1>/g, '');
    const artifact = element(own, 'artifactId');
    if (artifact === undefined) continue;
    const group = element(own, 'groupId') ?? 'org.apache.maven.plugins';
    const version = element(own, 'version')?.replace(
      /\$\{([^}]+)\}/g,
      (whole, property: string) => element(xml, property) ?? whole,
    );
    const name = `${group}:${artifact}${kind === 'dependency' ? '' : ` (${kind})`}`;
    found.set(name, { version: version ?? found.get(name)?.version ?? 'a managed version' });
  }
  return found;
}

function element(xml: string, name: string): string | undefined {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`<${quoted}>\\s*([^<]*?)\\s*</${quoted}>`).exec(xml)?.[1];
}

function uncommented(xml: string): string {
  return xml.replace(/<!--[\s\S]*?-->/g, '');
}
