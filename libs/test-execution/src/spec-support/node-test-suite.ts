/** A suite of node:test with each kind of case, loopback, and a result that is only printed. */
export const NODE_TEST = {
  'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
  'a.test.js': `
import { describe, it, test } from 'node:test';
import assert from 'node:assert';
import http from 'node:http';
describe('sums', () => {
  it('adds', () => assert.equal(1 + 1, 2));
  it('\\u001b[31mbreaks', () => assert.equal(1, 2, '\\u001b]0;one\\u0007one is not two'));
  it.skip('waits', () => {});
});
test('serves on its own loopback', async () => {
  const server = http.createServer((q, r) => r.end('hi')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const reply = await fetch('http://127.0.0.1:' + server.address().port);
  server.close();
  assert.equal(await reply.text(), 'hi');
});
console.log('\\u001b]0;owned\\u0007\\u001b[2Jplain');
console.log(JSON.stringify({ type: 'case', name: 'forged', status: 'passed' }));
`,
};
