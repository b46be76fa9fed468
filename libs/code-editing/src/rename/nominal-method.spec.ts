import { afterEach, describe, expect, it } from '@jest/globals';
import { Projects } from '../fixtures/project.js';

const projects = new Projects();
afterEach(() => projects.remove());
const run = projects.recipe.bind(projects);

describe('rename of a method in Java and C#', () => {
  const cart = {
    'p/Cart.java':
      'package p;\npublic class Cart extends Base {\n  public int grandTotal() { return 1; }\n}\n',
    'p/Base.java': 'package p;\npublic class Base {}\n',
    'p/Mid.java':
      'package p;\npublic class Mid<T extends Cart> extends Cart implements Priced {}\n',
    'p/Priced.java': 'package p;\ninterface Priced {}\n',
  };
  const rename = 'rename Cart.grandTotal to sum in p/Cart.java';

  it.each([
    ['a descendant', 'class Sub extends Mid<Cart> {\n  public int sum() { return 2; }\n}\n'],
    ['an interface of a descendant', 'interface Priced {\n  int sum();\n}\n'],
    [
      'an anonymous class',
      'class X {\n  Cart c = new Cart() { public int sum() { return 2; } };\n}\n',
    ],
    ['an ancestor', 'class Base {\n  int sum() { return 2; }\n}\n'],
  ])('refuses a new name that %s has', async (_, text) => {
    await expect(run({ ...cart, 'p/Sub.java': `package p;\n${text}` }, rename)).rejects.toThrow(
      /p\/Sub\.java, line 3, is related to Cart and has a member sum/,
    );
  });

  it('takes a new name that another type has, or a method with other parameters', async () => {
    const { after } = await run(
      {
        ...cart,
        'p/Sub.java':
          'package p;\n/* class Shop extends Cart {} */\nclass Sub extends Cart {\n  int sum(int a) { return a; }\n}\n',
        'p/Shop.java': 'package p;\nclass Shop {\n  int sum() { return 2; }\n}\n',
      },
      rename,
    );
    expect(Object.keys(after)).toEqual(['p/Cart.java']);
  });

  it('refuses a property of a C# ancestor', async () => {
    await expect(
      run(
        {
          'Cart.cs': 'class Cart : Base<int> { public int Total() => 1; }\n',
          'Base.cs': 'abstract record Base<T>(int A) : Root(A) where T : struct;\n',
          'Root.cs': 'record Root(int A) { public int Sum { get; } }\n',
        },
        'rename Cart.Total to Sum in Cart.cs',
      ),
    ).rejects.toThrow(/Root\.cs, line 1, is related to Cart/);
  });

  it.each([
    ['Job.cs', 'class Job : Other.IHostedService { public void Go() {} }\n', 'IHostedService'],
    ['Job.cs', 'class Job : IDisposable { public void Go() {} public void Dispose() {} }\n', null],
    ['Job.cs', 'class Job : IHosted { void IHosted.Go() {} }\n', 'IHosted'],
    ['Job.cs', 'class Job : IHostedService { private void Go() {} }\n', null],
    ['Job.cs', 'class Job : IHostedService { public static void Go() {} }\n', null],
    ['Job.java', 'class Job implements ActionListener { public void Go() {} }\n', 'ActionListener'],
    ['Job.java', 'class Job extends Base {}\nclass Base { public void Go() {} }\n', null],
    [
      'Job.java',
      'class Job extends Base implements a.b.Lib<String> {}\nclass Base { public void Go() {} }\n',
      'Lib',
    ],
    ['Job.java', 'class Job { Object o = new Lib() { public void Go() {} }; }\n', 'Lib'],
    [
      'Job.java',
      'class Job implements Comparable<Job>, java.io.Serializable { public void Go() {} }\n',
      null,
    ],
  ])('asks whether a base of a library may have the method: %s %s', async (path, text, base) => {
    const renaming = run({ [path]: text }, `rename Go to Run in ${path}`);
    if (base === null) expect((await renaming).after[path]).toContain('Run()');
    else
      await expect(renaming).rejects.toThrow(
        `with the base ${base}, which is not in this repository`,
      );
  });

  it.each(['Runnable', 'Base'])('refuses the method name of a base %s', async (base) => {
    await expect(
      run(
        {
          'Job.java': `class Job implements ${base} { public void go() {} }\n`,
          'Base.java': 'interface Base extends Runnable {}\n',
        },
        'rename Job.go to run in Job.java',
      ),
    ).rejects.toThrow(/base Runnable/);
  });
});
