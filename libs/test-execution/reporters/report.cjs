'use strict';
// Shared by the Node reporters: one JSON object a line, each after the mark of this run, appended to a
// file outside the repository. The variables are removed so that tests don't come across them.
const { appendFileSync } = process.getBuiltinModule('node:fs');

const file = process.env.HIL_REPORT_FILE;
const mark = process.env.HIL_REPORT_MARK;
delete process.env.HIL_REPORT_FILE;
delete process.env.HIL_REPORT_MARK;

/** @param {Record<string, unknown>} record */
exports.report = (record) => {
  if (file) appendFileSync(file, `${mark} ${JSON.stringify(record)}\n`);
};

/** @param {unknown} error */
exports.describe = (error) => {
  const strip = (text) => text.replace(/\u001b\[[0-9;]*m/g, '');
  if (error === undefined || error === null) return undefined;
  if (typeof error === 'string') return strip(error).slice(0, 8000);
  const cause = error.cause instanceof Error ? error.cause : error;
  const message = String(cause.message ?? cause);
  const stack = typeof cause.stack === 'string' ? cause.stack : '';
  return strip(stack.includes(message) ? stack : `${message}\n${stack}`).slice(0, 8000);
};
