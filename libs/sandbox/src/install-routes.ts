import { lookup } from 'node:dns/promises';
import { BlockList, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Networks of companies, clouds and container engines; link-local holds metadata services. */
const PRIVATE = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const;

/**
 * Routes of an installation, as arguments of `ip route add`: private networks and the addresses of this
 * host lead nowhere, `allowed` host names and addresses among them keep a way through `gateway`.
 */
export async function installRoutes(
  gateway: string,
  allowed: readonly string[],
): Promise<string[]> {
  const own = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map(({ address }) => address);
  const hidden = new BlockList();
  for (const [network, bits] of PRIVATE) hidden.addSubnet(network, bits);
  for (const address of own) hidden.addAddress(address);

  const addresses = (await Promise.all(allowed.map(addressesOf))).flat();
  // A wider allowance than one host never: of this host not even that.
  const reachable = new Set(
    addresses.filter((address) => hidden.check(address) && !own.includes(address)),
  );
  return [
    ...PRIVATE.map(([network, bits]) => `blackhole ${network}/${bits}`),
    ...[...new Set(own)].map((address) => `blackhole ${address}/32`),
    ...[...reachable].map((address) => `${address}/32 via ${gateway}`),
  ];
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIPv4(host)) return [host];
  const found = await lookup(host, { all: true, family: 4 }).catch(() => []);
  return found.map(({ address }) => address);
}

/** Hosts named by URLs in settings: the proxies, registries and mirrors an installation has to reach. */
export function hostsIn(texts: readonly string[]): string[] {
  const hosts = new Set<string>();
  for (const text of texts) {
    for (const [, host] of text.matchAll(/\bhttps?:\/\/(?:[^\s/@"'<]*@)?([a-z0-9.-]+)/gi)) {
      if (host !== undefined) hosts.add(host.toLowerCase());
    }
  }
  return [...hosts];
}
