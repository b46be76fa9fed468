import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What was measured so far, in a folder: a bench that is cut off goes on where it was. Keys are lists of words.
 */
export class Kept {
  constructor(folder) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, 'measured.json');
    try {
      this.values = JSON.parse(readFileSync(this.file, 'utf8'));
    } catch {
      this.values = {};
    }
  }

  /** The kept value, or what `measure` answers now; that is kept when it is `worth` it. */
  async once(key, measure, worth = () => true) {
    const name = key.join(' ');
    if (this.values[name] !== undefined) return this.values[name];
    const value = await measure();
    if (worth(value)) {
      this.values[name] = value;
      writeFileSync(`${this.file}.new`, JSON.stringify(this.values, null, 1));
      renameSync(`${this.file}.new`, this.file);
    }
    return value;
  }
}
