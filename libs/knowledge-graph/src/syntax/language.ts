/** Languages whose files are parsed; the name also stands in `project.languages`. */
export const SOURCE_LANGUAGES = [
  'typescript',
  'tsx',
  'javascript',
  'python',
  'java',
  'csharp',
  'go',
  'kotlin',
  'ruby',
  'php',
  'rust',
  'c',
  'cpp',
] as const;
export type SourceLanguage = (typeof SOURCE_LANGUAGES)[number];

const BY_EXTENSION: Readonly<Record<string, SourceLanguage>> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  py: 'python',
  pyi: 'python',
  java: 'java',
  cs: 'csharp',
  go: 'go',
  kt: 'kotlin',
  kts: 'kotlin',
  rb: 'ruby',
  php: 'php',
  rs: 'rust',
  c: 'c',
  h: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  hh: 'cpp',
  hpp: 'cpp',
  hxx: 'cpp',
};

/** The language of a file by its extension, or null when it is not one that is parsed. */
export function languageOf(path: string): SourceLanguage | null {
  const dot = path.lastIndexOf('.');
  if (dot < path.lastIndexOf('/')) return null;
  return BY_EXTENSION[path.slice(dot + 1).toLowerCase()] ?? null;
}

/** True for the languages that share the TypeScript/JavaScript module system. */
export function isEcmaScript(language: SourceLanguage): boolean {
  return language === 'typescript' || language === 'tsx' || language === 'javascript';
}
