/** Lists every skipped test with its title, so that an absent service can't hide behind a green run. */
export default class SkipsReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults.filter((test) => test.status === 'pending').map((test) => test.fullName),
    );
    if (skipped.length === 0) return;
    console.log(`\nSkipped (${skipped.length}):`);
    for (const name of new Set(skipped)) console.log(`  - ${name}`);
  }
}
