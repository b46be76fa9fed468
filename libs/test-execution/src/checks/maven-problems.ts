import { type Parser } from './check.js';
import { sourceOfClass } from './maven-linters.js';

/** `[ERROR] /path/A.java:[12,3] message` of the compiler plugin. */
export const maven: Parser = (text, { exitCode }) => {
  const found = [
    ...text.matchAll(/^\[(?:ERROR|WARN)\] (\S+\.(?:java|kt)):\[?(\d+)(?:[,:]\d+)?\]?:? (.*)$/gm),
  ].map(([, file = '', line = '', message = '']) => ({ file, line: Number(line), message }));
  const unique = new Map(found.map((one) => [JSON.stringify(one), one]));
  return unique.size === 0 && exitCode !== 0 ? null : [...unique.values()];
};

/** `[ERROR] src/A.java:[4,42] (blocks) LeftCurly: Message` */
export const checkstyle: Parser = (text, { exitCode }) => {
  const found = [
    ...text.matchAll(
      /^\[(?:ERROR|WARN|WARNING|INFO)\] (\S+):\[(\d+)(?:,\d+)?\] \(\w+\) (\w+): (.*)$/gm,
    ),
  ].map(([, file = '', line = '', rule = '', message = '']) => ({
    file,
    line: Number(line),
    rule,
    message,
  }));
  return found.length === 0 && exitCode !== 0 ? null : found;
};

/** `[ERROR] High: Message [com.acme.A] At A.java:[line 4] NP_ALWAYS_NULL` */
export const spotbugs: Parser = (text, { exitCode }) => {
  const found = [
    ...text.matchAll(
      /^\[\w+\] (?:High|Medium|Low): (.+) \[([\w.$]+)\] .*?([\w$]+\.java)(?::\[lines? (\d+)[-\d]*\])? (\w+)$/gm,
    ),
  ].map(([, message = '', name = '', file = '', line, rule = '']) => ({
    file: sourceOfClass(name, file),
    ...(line === undefined ? {} : { line: Number(line) }),
    rule,
    message,
  }));
  return found.length === 0 && exitCode !== 0 ? null : found;
};
