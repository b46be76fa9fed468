export { connect } from './connect.node.js';
export {
  HilClient,
  type ClientEvents,
  type CommandData,
  type ConnectionState,
  type ConnectOptions,
} from './hil-client.js';
export { type Ack } from './pending-commands.js';
