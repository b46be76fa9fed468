import { commaList, reader } from './env-types.js';

export const ROLES = ['viewer', 'developer', 'approver', 'admin'] as const;
/** What a user may do; each role includes the ones before it. */
export type Role = (typeof ROLES)[number];

/** One entry of API_KEYS. */
export interface ApiKey {
  name: string;
  role: Role;
  secret: string;
}

/**
 * Reads `name:role:secret,...`. A name may occur twice with the same role, so that a secret can be
 * replaced without a gap. Problems name the entry by position or name, never by its secret.
 */
export const apiKeys = reader<ApiKey[]>((value) => {
  const keys: ApiKey[] = [];
  for (const [index, entry] of commaList(value).entries()) {
    const [name = '', role = '', ...rest] = entry.split(':');
    const secret = rest.join(':');
    if (name === '' || secret === '') {
      return { problem: `entry ${index + 1} is not name:role:secret` };
    }
    if (!isRole(role)) {
      return { problem: `the role of "${name}" must be one of ${ROLES.join(', ')}` };
    }
    if (keys.some((key) => key.secret === secret)) {
      return { problem: `"${name}" has the secret of another entry` };
    }
    if (keys.some((key) => key.name === name && key.role !== role)) {
      return { problem: `"${name}" is listed with two roles` };
    }
    keys.push({ name, role, secret });
  }
  return keys;
});

function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}
