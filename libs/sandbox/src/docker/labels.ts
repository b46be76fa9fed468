import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isAlive } from '../process-tree.js';

/** On every container of this product. */
export const LABEL = 'dev.hil.sandbox';
/** The `id` of the command, for `kill`. */
export const ID_LABEL = 'dev.hil.sandbox.id';
const OWNER = 'dev.hil.sandbox.owner';
const DEADLINE = 'dev.hil.sandbox.deadline';
/** A runner that lives removes its containers well before this. */
const GRACE_MS = 60_000;

export type RunLabels = Record<typeof OWNER | typeof DEADLINE, string>;

/** Who started a container, and when it can't be running any more. */
export function runLabels(timeoutMs: number): RunLabels {
  return {
    [OWNER]: `${place()}:${process.pid}`,
    [DEADLINE]: String(Date.now() + timeoutMs + GRACE_MS),
  };
}

/**
 * True when nobody will remove this container: its runner was a process of this machine and is dead, or
 * its time is over. Other machines and containers may use the same daemon; their process numbers say
 * nothing here, so those are judged by their time alone.
 */
export function isLeftOver(labels: Record<string, string>, now = Date.now()): boolean {
  if (now > Number(labels[DEADLINE] ?? Infinity)) return true;
  const owner = labels[OWNER] ?? '';
  const [ownerPlace, pid] = [
    owner.slice(0, owner.lastIndexOf(':')),
    owner.slice(owner.lastIndexOf(':') + 1),
  ];
  return ownerPlace === place() && !isAlive(Number(pid));
}

/** Where process numbers mean the same: a host name and a process namespace. */
function place(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
