export { canonical, sha256 } from './canonical.js';
export { chain, chainStart } from './chain.js';
export { RECORD_FORMAT, type RecordBody, type RunRecord } from './record.js';
export { SigningKey, keyIdOf } from './signing-key.js';
export { verifyRecord, type RecordVerdict } from './verify.js';
