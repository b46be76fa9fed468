import { badRequest, notFound } from './errors.js';

/** A tiny router: patterns such as `/users/:id`, handlers that return what is sent as JSON. */
export function createRouter() {
  const routes = [];

  function add(method, pattern, handler) {
    const source = pattern.replace(/:(\w+)/g, '(?<$1>[^/]+)');
    routes.push({ method, pattern: new RegExp(`^${source}$`), handler });
  }

  async function handle(request, response) {
    try {
      const { pathname } = new URL(request.url, 'http://localhost');
      const route = routes.find(
        (entry) => entry.method === request.method && entry.pattern.test(pathname),
      );
      if (route === undefined) throw notFound(`no route ${request.method} ${pathname}`);
      const params = route.pattern.exec(pathname).groups ?? {};
      send(response, 200, await route.handler({ params, body: await readJson(request) }));
    } catch (error) {
      send(response, error.status ?? 500, { error: error.message });
    }
  }

  return {
    get: (pattern, handler) => add('GET', pattern, handler),
    post: (pattern, handler) => add('POST', pattern, handler),
    handle,
  };
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest('the body is not JSON');
  }
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
