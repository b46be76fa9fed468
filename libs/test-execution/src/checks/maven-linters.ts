import { posix } from 'node:path';

/** Linters that are plugins of a Maven build: their goals, so set that findings do not end the build. */
export const MAVEN_LINTERS = {
  checkstyle: ['checkstyle:check', '-Dcheckstyle.failOnViolation=false'],
  // Looks at classes, so they have to be there.
  spotbugs: ['compile', 'spotbugs:check', '-Dspotbugs.failOnError=false'],
} as const;

export type MavenLinter = keyof typeof MAVEN_LINTERS;

/** Turns what JaCoCo's agent recorded into XML. */
export const JACOCO_REPORT = 'jacoco:report';

/** Environment of an installation: linters and `jacoco`, separated by spaces, whose plugins were resolved. */
export const RESOLVED_PLUGINS = 'HIL_MAVEN_PLUGINS';

/** True when the report can be made without network. */
export function reportsJacoco(installed: Readonly<Record<string, string>>): boolean {
  return installed[RESOLVED_PLUGINS]?.split(' ').includes('jacoco') === true;
}

/** The linters that a pom.xml names as plugins. */
export function lintersIn(pom: string): MavenLinter[] {
  return Object.keys(MAVEN_LINTERS).filter((name): name is MavenLinter => namesPlugin(pom, name));
}

/** Whether a pom.xml names the plugin `maven-NAME-plugin` or `NAME-maven-plugin`. */
export function namesPlugin(pom: string, name: string): boolean {
  const plugin = `<artifactId>\\s*(?:maven-${name}-plugin|${name}-maven-plugin)\\s*<`;
  return new RegExp(plugin).test(pom);
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
