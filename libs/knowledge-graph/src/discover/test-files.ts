const TEST =
  /(^|\/)(__tests__|__test__|tests?|spec|specs|e2e|testing)\/|\.(test|spec|e2e-spec|e2e)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]*|[^/]*_test|conftest)\.py$|(^|\/)[^/]*(Tests?|IT|TestCase|Spec)\.(java|cs)$|(^|\/)[^/]+\.Tests?\//;

/** True for a file that holds tests, or helps them, by the conventions of its language. */
export function isTestPath(path: string): boolean {
  return TEST.test(path);
}

/** The name a test file is about: `user.service` of `user.service.spec.ts`, `User` of `UserTest.java`. */
export function testedName(path: string): string | null {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
  const stripped = base
    .replace(/\.(test|spec|e2e-spec|e2e|int|unit)$/, '')
    .replace(/^test_/, '')
    .replace(/_test$/, '')
    .replace(/(?<=\w)(Tests?|IT|TestCase|Spec)$/, '')
    .replace(/\.(test|spec|int|unit)$/, '');
  return stripped !== base && stripped !== '' ? stripped : null;
}
