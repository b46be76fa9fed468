import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from './index.browser.js';

const folder = new URL('.', import.meta.url);

describe('the browser build', () => {
  it('has no way to ws or to Node modules', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', folder), 'utf8'));
    expect(manifest.exports['.'].browser.default).toBe('./dist/index.browser.js');
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      const text = readFileSync(new URL(name, folder), 'utf8');
      for (const [, target = ''] of text.matchAll(/from '([^']+)'/g)) {
        if (target.startsWith('./')) visit(target.slice(2).replace(/js$/, 'ts'));
        else expect(target).toBe('@hil/contracts');
      }
    };
    visit('index.browser.ts');
    expect(reached).toContain('hil-client.ts');
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
      const client = connect({ url: 'ws://h/ws/chat', token: 'tok' });
      PageSocket.last?.onopen?.();
      expect(PageSocket.last?.sent.map((text) => JSON.parse(text))).toEqual([
        { event: 'authenticate', data: { token: 'tok' } },
      ]);
      client.close();
    });
  });
});
