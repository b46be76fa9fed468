/**
 * The health check of the image, whatever app runs in it: the gateway answers on PORT, a worker on
 * HEALTH_PORT. The first that listens decides; 0 when it says it is well, 1 otherwise.
 */
import { get } from 'node:http';

const LIMIT_MS = 8_000;
const ports = [process.env.PORT || '5001', process.env.HEALTH_PORT || '5010'];

let answer = { well: false, text: `nothing listens on ${ports.join(' or ')}` };
for (const port of ports) {
  const found = await ask(port);
  if (found === null) continue;
  answer = found;
  break;
}
console.log(answer.text);
process.exit(answer.well ? 0 : 1);

/** What the port answers; null when nobody listens there. */
function ask(port) {
  return new Promise((resolve) => {
    const url = `http://127.0.0.1:${port}/health`;
    get(url, { timeout: LIMIT_MS }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ well: response.statusCode === 200, text }));
      response.on('error', (error) => resolve({ well: false, text: `${url}: ${error.message}` }));
    })
      .on('timeout', function () {
        this.destroy(new Error(`no answer in ${LIMIT_MS} ms`));
      })
      .on('error', (error) =>
        resolve(
          error.code === 'ECONNREFUSED' ? null : { well: false, text: `${url}: ${error.message}` },
        ),
      );
  });
}
