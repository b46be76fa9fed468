import { csharp } from './csharp.js';
import { java } from './java.js';
import type { LanguageSample } from './language-sample.js';
import { python } from './python.js';
import { typescript } from './typescript.js';

/** Every operation in each language that has symbol edits. */
export const everyOperation: readonly LanguageSample[] = [typescript, python, java, csharp];
