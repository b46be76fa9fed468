import { type Toolchains, type ToolName } from '../toolchains.js';

const TOOLS: readonly ToolName[] = [
  'node', 'npm', 'pnpm', 'yarn', 'python3', 'java', 'mvn', 'gradle', 'dotnet', 'go', 'cargo',
]; // prettier-ignore

/** Prints the search path and where each tool is, one `name=path` a line; runs in the image. */
export const TOOLCHAIN_SCRIPT = `echo "PATH=$PATH"
for tool in ${TOOLS.join(' ')}; do path=$(command -v "$tool") && echo "$tool=$path"; done
exit 0`;

/** Reads what {@link TOOLCHAIN_SCRIPT} printed. */
export function parseImageToolchains(text: string, imageId: string): Toolchains {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) values.set(line.slice(0, at), line.slice(at + 1));
  }
  const found: Toolchains['found'] = {};
  for (const tool of TOOLS) {
    const path = values.get(tool);
    if (path?.startsWith('/')) found[tool] = path;
  }
  return {
    mounts: [],
    path: (values.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin').split(':'),
    env: {},
    found,
    fingerprint: imageId,
  };
}
