/** The bare part: a ws server that passes on what a Redis channel says, echoes, and broadcasts. */
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { serve } from '../../shared/child.mjs';

let server;

serve({
  async open({ redisUrl, channel }) {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
    server.on('connection', (socket) => {
      socket.on('message', (data) => socket.send(data.toString()));
      socket.on('error', () => undefined);
    });
    await once(server, 'listening');
    if (redisUrl !== undefined) {
      const redis = new Redis(redisUrl);
      await redis.subscribe(channel);
      redis.on('message', (_channel, message) => {
        for (const client of server.clients) client.send(message);
      });
    }
    return `ws://127.0.0.1:${server.address().port}`;
  },

  /** Sends a frame so often to everybody, as fast as the sockets take it. */
  async broadcast({ count, frame }) {
    for (let n = 0; n < count; n += 1) {
      for (const client of server.clients) client.send(frame);
      await new Promise((done) => setImmediate(done));
    }
  },
});
