import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openSocket } from './open-socket.browser.js';
import { HilClient } from './hil-client.js';

const folder = new URL('.', import.meta.url);

describe('the browser build', () => {
  it('has no way to ws or to Node modules', () => {
    const files = readdirSync(folder).filter(
      (name) => name.endsWith('.ts') && !/\.spec\.ts$|\.node\.ts$/.test(name),
    );
    for (const name of files) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      expect(text).not.toMatch(/from '(ws|node:[^']+)'/);
    }
    const manifest = JSON.parse(readFileSync(new URL('../package.json', folder), 'utf8'));
    expect(manifest.imports['#open-socket'].browser.default).toBe('./dist/open-socket.browser.js');
  });

  describe('on a WebSocket of the page', () => {
    /** What a browser offers, reduced to what is used. */
    class PageSocket {
      static last: PageSocket | undefined;
      onopen: (() => void) | null = null;
      onmessage: ((event: { data: unknown }) => void) | null = null;
      onclose: ((event: { code: number; reason: string }) => void) | null = null;
      readonly sent: string[] = [];
      constructor(readonly url: string) {
        PageSocket.last = this;
      }
      send(text: string): void {
        this.sent.push(text);
      }
      close(): void {
        this.onclose?.({ code: 1000, reason: '' });
      }
    }
    const original: unknown = Reflect.get(globalThis, 'WebSocket');
    afterEach(() => {
      Reflect.set(globalThis, 'WebSocket', original);
    });

    it('authenticates with the first message, because a page can send no header', () => {
      Reflect.set(globalThis, 'WebSocket', PageSocket);
      const client = new HilClient({ url: 'ws://h/ws/chat', token: 'tok' }, openSocket);
      PageSocket.last?.onopen?.();
      expect(PageSocket.last?.sent.map((text) => JSON.parse(text))).toEqual([
        { event: 'authenticate', data: { token: 'tok' } },
      ]);
      client.close();
    });
  });
});
