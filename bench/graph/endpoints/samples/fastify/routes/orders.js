export const VERSION = '/v2';

export const orders = async (app) => {
  app.get('/orders', async () => []);
  app.options('/orders', async () => '');
  app.register(items, { prefix: '/orders/:order' });
};

async function items(app) {
  app.get('/items', async () => []);
}
