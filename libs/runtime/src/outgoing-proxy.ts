import type { Config } from '@hil/config';
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';

/**
 * Sends what this process asks of models and forges through HTTPS_PROXY, except hosts of NO_PROXY: their
 * clients call `fetch`, which knows no proxy by itself. git reads the same variables, so those that stand in
 * `.env` alone are handed on to it.
 */
export function useOutgoingProxy({ httpsProxy, noProxy }: Config['network']): void {
  if (httpsProxy === undefined) return;
  process.env['HTTPS_PROXY'] ??= httpsProxy;
  if (noProxy !== undefined) process.env['NO_PROXY'] ??= noProxy;
  const { HTTP_PROXY: httpProxy } = process.env;
  setGlobalDispatcher(
    new EnvHttpProxyAgent({
      httpsProxy,
      ...(httpProxy === undefined ? {} : { httpProxy }),
      ...(noProxy === undefined ? {} : { noProxy }),
    }),
  );
}
