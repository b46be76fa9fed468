import { randomBytes } from 'node:crypto';
import { stamp, type ForgeState } from '../state.js';
import type { GitHubObjects } from './objects.js';
import { notFound, unauthorized } from './problem.js';
import { ok, type Route } from './request.js';

/** Routes by which a GitHub App gets the tokens of its installations. */
export function appRoutes(state: ForgeState, objects: GitHubObjects): Record<string, Route> {
  return {
    'get /repos/{owner}/{repo}/installation': ({ path, token }) => {
      const app = state.appOf(token);
      if (app === undefined) throw unauthorized();
      const name = `${path['owner']}/${path['repo']}`;
      const installation = app.installations.find(({ repositories }) =>
        repositories.includes(name),
      );
      if (installation === undefined) throw notFound();
      const account = objects.user(installation.account);
      return ok({
        id: installation.id,
        account,
        repository_selection: 'selected',
        access_tokens_url: `${String(account['url'])}/access_tokens`,
        repositories_url: `${String(account['url'])}/repositories`,
        html_url: String(account['html_url']),
        app_id: app.id,
        app_slug: app.slug,
        target_id: account['id'],
        target_type: 'User',
        permissions: { contents: 'write', pull_requests: 'write' },
        events: [],
        created_at: '2020-01-01T00:00:00Z',
        updated_at: '2020-01-01T00:00:00Z',
        single_file_name: null,
        suspended_by: null,
        suspended_at: null,
      });
    },
    'post /app/installations/{installation_id}/access_tokens': ({ path, token }) => {
      const app = state.appOf(token);
      const installation = app?.installations.find(
        ({ id }) => id === Number(path['installation_id']),
      );
      if (app === undefined) throw unauthorized();
      if (installation === undefined) throw notFound();
      const issued = `fake_installation_${randomBytes(16).toString('hex')}`;
      const login = `${app.slug}[bot]`;
      state.tokens.set(issued, {
        login,
        id: app.id,
        installation: { appId: app.id, repositories: installation.repositories },
      });
      const expires_at = stamp(new Date(Date.now() + 3_600_000));
      return { status: 201, body: { token: issued, expires_at, repository_selection: 'selected' } };
    },
  };
}
