import { posix } from 'node:path';

/** Linters that are plugins of a Maven build: their goals, so set that findings do not end the build. */
export const MAVEN_LINTERS = {
  checkstyle: ['checkstyle:check', '-Dcheckstyle.failOnViolation=false'],
  // Looks at classes, so they have to be there.
  spotbugs: ['compile', 'spotbugs:check', '-Dspotbugs.failOnError=false'],
} as const;

export type MavenLinter = keyof typeof MAVEN_LINTERS;

/** Environment of an installation: the linters, separated by spaces, whose plugins were resolved. */
export const RESOLVED_LINTERS = 'HIL_MAVEN_LINTERS';

/** The linters that a pom.xml names as plugins. */
export function lintersIn(pom: string): MavenLinter[] {
  return Object.keys(MAVEN_LINTERS).filter((name): name is MavenLinter =>
    new RegExp(`<artifactId>\\s*(?:maven-${name}-plugin|${name}-maven-plugin)\\s*<`).test(pom),
  );
}

/** Checks bound to phases before `test`; they are run and reported apart. `wanted` is left on. */
export function mavenWithoutChecks(wanted?: string): string[] {
  return [
    ...['checkstyle', 'spotbugs', 'pmd', 'rat', 'enforcer']
      .filter((name) => name !== wanted)
      .map((name) => `-D${name}.skip`),
    '-Djacoco.haltOnFailure=false',
  ];
}

/** `src/main/java/com/acme/A.java` for the class `com.acme.A$B` in `A.java`: SpotBugs names no folder. */
export function sourceOfClass(name: string, file: string): string {
  return posix.join('src/main/java', ...name.split('.').slice(0, -1), file);
}
