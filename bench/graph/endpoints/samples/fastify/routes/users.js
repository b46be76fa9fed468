export default async function users(fastify, options) {
  fastify.get('/', list);
  fastify.get('/:id', { schema: {}, preHandler: [fastify.authenticate] }, one);
  fastify.post('/', { handler: async () => ({}) });
  fastify.route({ method: 'PUT', url: '/:id', preHandler: fastify.authenticate, handler: one });
}

async function list() {
  return [];
}

async function one() {
  return {};
}
