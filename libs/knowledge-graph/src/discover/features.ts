/** Folders that only group: the feature is the folder below them. */
const GROUPING = new Set(
  'src lib app apps libs packages modules main java kotlin python csharp features domains contexts services test tests spec __tests__ integration unit'.split(
    ' ',
  ),
);

/** Finds the feature (bounded context) of each file of a project. */
export class FeatureFolders {
  private readonly folders = new Map<string, { hasFiles: boolean; children: Set<string> }>();

  constructor(paths: Iterable<string>) {
    for (const path of paths) {
      const parts = path.split('/').slice(0, -1);
      parts.forEach((name, at) => {
        const parent = this.folder(parts.slice(0, at).join('/'));
        parent.children.add(name);
      });
      this.folder(parts.join('/')).hasFiles = true;
    }
  }

  /**
   * The folder a file belongs to: below folders that only group, and below chains of folders with a
   * single child, such as those of a Java package.
   */
  featureOf(path: string): string {
    const folders = path.split('/').slice(0, -1);
    let depth = 0;
    while (depth < folders.length - 1 && this.passes(folders, depth)) depth += 1;
    return folders.slice(0, depth + 1).join('/') || '.';
  }

  private passes(folders: readonly string[], depth: number): boolean {
    if (GROUPING.has(folders[depth] ?? '')) return true;
    const here = this.folder(folders.slice(0, depth + 1).join('/'));
    return !here.hasFiles && here.children.size === 1;
  }

  private folder(path: string) {
    let found = this.folders.get(path);
    if (!found) {
      found = { hasFiles: false, children: new Set() };
      this.folders.set(path, found);
    }
    return found;
  }
}
