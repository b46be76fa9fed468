import { helper } from '../../../_lib/helper.js';

async function handle() {
  return Response.json(helper());
}

export { handle as PUT, handle as DELETE };
