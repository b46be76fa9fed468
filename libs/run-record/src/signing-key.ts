import {
  type KeyObject,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HilError } from '@hil/contracts';
import { canonical, sha256 } from './canonical.js';
import type { RecordBody, RunRecord } from './record.js';

const FILE = 'run-record-key.pem';

/** The id of a public key, as records and the key route name it. */
export function keyIdOf(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: 'spki', format: 'der' })).slice(0, 32);
}

/** The Ed25519 key an installation signs its records with. */
export class SigningKey {
  readonly #privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly id: string;

  private constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.publicKey = createPublicKey(privateKey);
    this.id = keyIdOf(this.publicKey);
  }

  /**
   * Reads a private key in PEM.
   * @throws HilError validation_error when it is none of Ed25519
   */
  static fromPem(pem: string): SigningKey {
    let key: KeyObject;
    try {
      key = createPrivateKey(pem);
    } catch (cause) {
      throw new HilError('validation_error', 'RUN_RECORD_KEY is not a private key in PEM', {
        cause,
      });
    }
    if (key.asymmetricKeyType !== 'ed25519') {
      throw new HilError(
        'validation_error',
        'RUN_RECORD_KEY is not an Ed25519 key; make one with: openssl genpkey -algorithm ed25519',
      );
    }
    return new SigningKey(key);
  }

  /** The key kept in a folder, made at the first time; only its owner may read it. */
  static async keptIn(folder: string): Promise<SigningKey> {
    const path = join(folder, FILE);
    await mkdir(folder, { recursive: true });
    const pem = generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    try {
      // Two processes at once: the first one's key is the key.
      await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
      return SigningKey.fromPem(pem);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return SigningKey.fromPem(await readFile(path, 'utf8'));
    }
  }

  /** Signs a body; the record's own text is its canonical JSON. */
  seal(body: RecordBody): RunRecord {
    return {
      ...body,
      signature: {
        algorithm: 'ed25519',
        key_id: this.id,
        public_key: this.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        value: sign(null, Buffer.from(canonical(body)), this.#privateKey).toString('base64'),
      },
    };
  }
}
