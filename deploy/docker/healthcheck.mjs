/**
 * The health check of the image, whatever app runs in it: the gateway answers on PORT, a worker on
 * HEALTH_PORT. The first that listens decides; 0 when it says it is well, 1 otherwise.
 */
const ports = [process.env.PORT || '5001', process.env.HEALTH_PORT || '5010'];
let verdict = `nothing listens on ${ports.join(' or ')}`;
let well = false;
for (const port of ports) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, {
      signal: AbortSignal.timeout(4_000),
    });
    verdict = await response.text();
    well = response.ok;
    break;
  } catch (error) {
    if (error?.cause?.code !== 'ECONNREFUSED') verdict = `port ${port}: ${String(error)}`;
  }
}
console.log(verdict);
process.exit(well ? 0 : 1);
