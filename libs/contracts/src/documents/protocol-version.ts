/** Version of the protocol: the major number changes when a client has to change. */
export const PROTOCOL_VERSION = '1.0.0';
