import { describe, expect, it } from '@jest/globals';
import type { ProjectGraph } from '@hil/contracts';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

/** `kind qualified visibility`, in text order. */
function symbolsOf(graph: ProjectGraph, path: string): string[] {
  return graph.symbols
    .filter(({ moduleId }) => moduleId === `mod:${path}`)
    .map(
      ({ kind, visibility, metadata }) => `${kind} ${String(metadata['qualified'])} ${visibility}`,
    );
}

describe('languages read as an outline', () => {
  it('Go: packages by the module path, methods under their receiver, capitals exported', async () => {
    const graph = await graphOf({
      'go.mod': 'module example.com/shop\n\ngo 1.22\n',
      'main.go':
        'package main\n\nimport (\n\t"fmt"\n\tst "example.com/shop/internal/store"\n)\n\nfunc main() { fmt.Println(st.New()) }\n',
      'internal/store/store.go':
        'package store\n\ntype Store struct{ size int }\n\ntype Reader interface {\n\tRead(id int) error\n}\n\nfunc New() *Store { return nil }\n\nfunc (s *Store) Find(id int, names ...string) (string, error) { return "", nil }\n\nconst limit, Max = 1, 2\n',
      'internal/store/store_test.go': 'package store\n',
    });
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:main.go -> mod:internal/store/store.go (exact)',
    ]);
    expect(symbolsOf(graph, 'internal/store/store.go')).toEqual([
      'class Store public',
      'interface Reader public',
      'method Reader.Read public',
      'function New public',
      'method Store.Find public',
      'variable limit package',
      'variable Max public',
    ]);
    const find = graph.symbols.find(({ name }) => name === 'Find');
    expect(find).toMatchObject({
      returnType: '(string, error)',
      parameters: [
        { name: 'id', type: 'int' },
        { name: 'names', type: 'string' },
      ],
      signature: 'func (s *Store) Find(id int, names ...string) (string, error)',
    });
    expect(graph.modules.find(({ path }) => path === 'main.go')?.metadata['isEntryPoint']).toBe(
      true,
    );
  });

  it('Kotlin: imports of classes and functions by package, also of Java classes', async () => {
    const graph = await graphOf({
      'src/a/Store.kt':
        'package a\n\ninterface Store {\n  fun find(id: Int): String\n}\n\ninternal fun open(path: String): Store = TODO()\n\nenum class Mode { ON, OFF }\n',
      'src/b/Legacy.java': 'package b;\npublic class Legacy {}\n',
      'src/c/Main.kt':
        'package c\n\nimport a.Store\nimport a.open as start\nimport b.Legacy\nimport kotlin.math.*\n\nclass Shop(private val store: Store) {\n  private val size: Int = 1\n  fun run() { start("x") }\n  companion object {\n    fun make(): Shop = Shop(start("x"))\n  }\n}\n',
    });
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:src/c/Main.kt -> mod:src/a/Store.kt (exact)',
      'mod:src/c/Main.kt -> mod:src/b/Legacy.java (exact)',
    ]);
    expect(symbolsOf(graph, 'src/a/Store.kt')).toEqual([
      'interface Store public',
      'method Store.find public',
      'function open package',
      'enum Mode public',
    ]);
    expect(symbolsOf(graph, 'src/c/Main.kt')).toEqual([
      'class Shop public',
      'variable Shop.size private',
      'method Shop.run public',
      'method Shop.make public',
    ]);
  });

  it('Ruby: require_relative beside the file, require below lib', async () => {
    const graph = await graphOf({
      'lib/shop.rb':
        "require 'json'\nrequire 'shop/store'\n\nmodule Shop\n  LIMIT = 3\n  class Desk < Base\n    def self.open(path, mode = 1)\n    end\n\n    def sell(item)\n    end\n  end\nend\n",
      'lib/shop/store.rb': 'class Store\nend\n',
      'bin/run.rb': "require_relative '../lib/shop'\n",
    });
    expect(edgesOf(graph, 'imports')).toEqual(['mod:lib/shop.rb -> mod:lib/shop/store.rb (exact)']);
    expect(symbolsOf(graph, 'lib/shop.rb')).toEqual([
      'class Shop public',
      'variable Shop.LIMIT public',
      'class Shop.Desk public',
      'method Shop.Desk.open public',
      'method Shop.Desk.sell public',
    ]);
  });

  it('PHP: use by namespace, groups and aliases, require beside the file', async () => {
    const graph = await graphOf({
      'src/Store.php':
        '<?php\nnamespace Shop;\n\ninterface Store { public function find(int $id): string; }\n',
      'src/Disk.php':
        '<?php\nnamespace Shop\\Data;\n\nfinal class Disk implements \\Shop\\Store {\n  private int $size = 1;\n  const MAX = 2;\n  public function find(int $id): string { return ""; }\n  protected static function open() {}\n}\n',
      'index.php':
        "<?php\nuse Shop\\Store;\nuse Shop\\Data\\{Disk as D};\nrequire_once __DIR__ . '/boot.php';\n",
      'boot.php': '<?php\nfunction boot() {}\n',
    });
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:index.php -> mod:boot.php (exact)',
      'mod:index.php -> mod:src/Disk.php (exact)',
      'mod:index.php -> mod:src/Store.php (exact)',
    ]);
    expect(symbolsOf(graph, 'src/Disk.php')).toEqual([
      'class Disk public',
      'variable Disk.size private',
      'variable Disk.MAX public',
      'method Disk.find public',
      'method Disk.open protected',
    ]);
  });

  it('Rust: modules by file, use through crate, self and super, methods under their type', async () => {
    const graph = await graphOf({
      'src/main.rs':
        'mod store;\nmod text { pub fn trim() {} }\nuse crate::store::{disk::Disk, Store};\nuse std::io;\n\nfn main() {}\n',
      'src/store/mod.rs':
        'pub mod disk;\n\npub trait Store { fn find(&self, id: u32) -> String; }\n',
      'src/store/disk.rs':
        'use super::Store;\n\npub struct Disk { size: u32 }\n\nimpl Store for Disk {\n    fn find(&self, id: u32) -> String { String::new() }\n}\n\nimpl Disk {\n    pub(crate) fn open() {}\n}\n',
    });
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:src/main.rs -> mod:src/store/disk.rs (exact)',
      'mod:src/main.rs -> mod:src/store/mod.rs (exact)',
      'mod:src/store/disk.rs -> mod:src/store/mod.rs (exact)',
      'mod:src/store/mod.rs -> mod:src/store/disk.rs (exact)',
    ]);
    expect(symbolsOf(graph, 'src/store/disk.rs')).toEqual([
      'class Disk public',
      'method Disk.find private',
      'method Disk.open package',
    ]);
    expect(symbolsOf(graph, 'src/main.rs')).toEqual([
      'function trim public',
      'function main private',
    ]);
  });

  it('C and C++: quoted includes, definitions, prototypes and members', async () => {
    const graph = await graphOf({
      'include/shop/store.h':
        '#ifndef STORE_H\n#define STORE_H\nstruct store { int size; };\nint *store_open(const char *path, int mode);\n#endif\n',
      'src/store.c':
        '#include "shop/store.h"\n#include <stdio.h>\nstatic int limit = 3;\nint *store_open(const char *path, int mode) { return 0; }\n',
      'src/desk.hpp':
        'namespace shop {\nclass Desk : public Base {\n public:\n  int sell(int item);\n private:\n  int size_;\n};\n}\n',
      'src/desk.cpp':
        '#include "desk.hpp"\nint shop::Desk::sell(int item) { return item; }\nint main() { return 0; }\n',
    });
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:src/desk.cpp -> mod:src/desk.hpp (exact)',
      'mod:src/store.c -> mod:include/shop/store.h (exact)',
    ]);
    expect(symbolsOf(graph, 'include/shop/store.h')).toEqual([
      'class store public',
      'variable store.size public',
      'function store_open public',
    ]);
    expect(symbolsOf(graph, 'src/store.c')).toEqual([
      'variable limit private',
      'function store_open public',
    ]);
    expect(symbolsOf(graph, 'src/desk.hpp')).toEqual([
      'class Desk public',
      'method Desk.sell public',
      'variable Desk.size_ private',
    ]);
  });

  it('C++: members are as visible as the section they stand in, or as their kind of class has it', async () => {
    const graph = await graphOf({
      'a.hpp':
        'class Store {\n  int hidden;\n public:\n  Store();\n  template <class T> T find(int id) const { return {}; }\n#ifdef X\n  void conditional();\n#endif\n  static int count;\n protected:\n  void inner();\n private:\n  int size_;\n};\nstruct Point { int x; private: int y; };\nstatic void helper() {}\n',
    });
    expect(symbolsOf(graph, 'a.hpp')).toEqual([
      'class Store public',
      'variable Store.hidden private',
      'method Store.Store public',
      'method Store.find public',
      'method Store.conditional public',
      'variable Store.count public',
      'method Store.inner protected',
      'variable Store.size_ private',
      'class Point public',
      'variable Point.x public',
      'variable Point.y private',
      'function helper private',
    ]);
    expect(graph.symbols.filter(({ isExported }) => !isExported).map(({ name }) => name)).toEqual([
      'hidden',
      'inner',
      'size_',
      'y',
      'helper',
    ]);
  });
});
