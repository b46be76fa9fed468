import { environmentNames } from './environment.js';

/** The text of `.env.example`: every name, commented out, with its default and one line about it. */
export function envExample(): string {
  const lines = [
    '# Copy to .env and uncomment what you change. Real environment variables win over .env.',
    '# Generated from libs/config by: npm run env-example -w @hil/config',
  ];
  let group = '';
  for (const entry of environmentNames()) {
    if (entry.group !== group) {
      group = entry.group;
      lines.push('', `# --- ${group}`);
    }
    lines.push(`# ${entry.description}`, `#${entry.name}=${entry.fallback ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}
