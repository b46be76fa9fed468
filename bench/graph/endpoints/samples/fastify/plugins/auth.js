import fp from 'fastify-plugin';

export default fp(async function auth(fastify) {
  fastify.decorate('authenticate', async () => undefined);
  fastify.get('/whoami', async () => ({}));
});
