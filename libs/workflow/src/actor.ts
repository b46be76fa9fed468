import { HilError } from '@hil/contracts';

export type Role = 'viewer' | 'developer' | 'approver' | 'admin';

/** Who sends a command, as the gateway established it. */
export interface Actor {
  id: string;
  role: Role;
}

/** What a role may do. A developer starts runs and an approver decides them; an approver may also start. */
const RIGHTS = {
  start: ['developer', 'approver', 'admin'],
  decide: ['approver', 'admin'],
  read_all: ['viewer', 'approver', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Right = keyof typeof RIGHTS;

/** True when the actor's role has the right. */
export function may(actor: Actor, right: Right): boolean {
  return (RIGHTS[right] as readonly Role[]).includes(actor.role);
}

/** @throws HilError `forbidden` */
export function requireRight(actor: Actor, right: Right): void {
  if (may(actor, right)) return;
  throw new HilError(
    'forbidden',
    `${actor.id} has the role ${actor.role}; this needs ${RIGHTS[right].join(' or ')}`,
  );
}

/**
 * @throws HilError `session_unknown` when the actor neither owns the session nor may read all;
 * the same as for a session that does not exist, so that ids can't be probed
 */
export function requireVisible(actor: Actor, owner: string | undefined): void {
  if (owner === actor.id || (owner !== undefined && may(actor, 'read_all'))) return;
  throw new HilError('session_unknown', 'there is no such session');
}
