import { describe, expect, it } from '@jest/globals';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

describe('the graph of Python', () => {
  const files = {
    'pyproject.toml': '[project]\ndependencies = ["flask"]\n',
    'src/shop/__init__.py': 'from .models import User\n',
    'src/shop/models.py':
      'class Base:\n    def save(self):\n        pass\n\nclass User(Base):\n    def rename(self, name: str) -> None:\n        self.save()\n',
    'src/shop/api.py': `from shop import User, models as m
from . import util
from flask import Blueprint
bp = Blueprint("x", __name__, url_prefix="/api")

@bp.route("/users", methods=["GET", "POST"])
def users():
    user = User()
    user.rename("x")
    m.Base()
    return util.clean(user)

async def _hidden(user: User):
    user.save()
`,
    'src/shop/util.py': 'def clean(x):\n    return x\n',
    'tests/test_util.py':
      'from shop.util import clean\n\ndef test_clean():\n    assert clean(1) == 1\n',
  };

  it('resolves relative, absolute, package and submodule imports with a src layout', async () => {
    expect(edgesOf(await graphOf(files), 'imports')).toEqual([
      'mod:src/shop/__init__.py -> mod:src/shop/models.py (exact)',
      'mod:src/shop/api.py -> mod:src/shop/__init__.py (exact)',
      'mod:src/shop/api.py -> mod:src/shop/models.py (exact)',
      'mod:src/shop/api.py -> mod:src/shop/util.py (exact)',
      'mod:tests/test_util.py -> mod:src/shop/util.py (exact)',
    ]);
  });

  it('resolves calls through re-exports, constructed and annotated types and base classes', async () => {
    expect(edgesOf(await graphOf(files), 'calls')).toEqual([
      'sym:src/shop/api.py#_hidden -> sym:src/shop/models.py#Base.save (typed)',
      'sym:src/shop/api.py#users -> sym:src/shop/models.py#Base (exact)',
      'sym:src/shop/api.py#users -> sym:src/shop/models.py#User (exact)',
      'sym:src/shop/api.py#users -> sym:src/shop/models.py#User.rename (typed)',
      'sym:src/shop/api.py#users -> sym:src/shop/util.py#clean (exact)',
      'sym:src/shop/models.py#User.rename -> sym:src/shop/models.py#Base.save (exact)',
      'sym:tests/test_util.py#test_clean -> sym:src/shop/util.py#clean (exact)',
    ]);
  });

  it('finds Flask routes with the prefix of their blueprint', async () => {
    const { endpoints, project } = await graphOf(files);
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/users',
      'POST /api/users',
    ]);
    expect(project.frameworks).toEqual(['flask']);
  });
});

describe('the graph of Java', () => {
  const files = {
    'src/main/java/a/Repo.java': 'package a;\npublic interface Repo { String find(int id); }\n',
    'src/main/java/a/MemoryRepo.java':
      'package a;\nclass MemoryRepo implements Repo { public String find(int id) { return Names.of(id); } }\n',
    'src/main/java/b/Names.java':
      'package b;\npublic final class Names { public static String of(int id) { return ""; } }\n',
    'src/main/java/a/Names.java':
      'package a;\nfinal class Names { static String of(int id) { return b.Names.of(id); } }\n',
    'src/main/java/c/UserController.java': `package c;
import a.Repo;
@RestController
@RequestMapping("/users")
public class UserController {
  private final Repo repo;
  UserController(Repo repo) { this.repo = repo; }
  @GetMapping("/{id}")
  public String one(int id) { return this.repo.find(id) + helper(); }
  private String helper() { return ""; }
}
`,
    'src/test/java/c/UserControllerTest.java':
      'package c;\nclass UserControllerTest { UserController made; }\n',
  };

  it('links imported and same-package types, calls through fields, tests and Spring routes', async () => {
    const graph = await graphOf(files);
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:src/main/java/a/MemoryRepo.java -> mod:src/main/java/a/Names.java (exact)',
      'mod:src/main/java/a/MemoryRepo.java -> mod:src/main/java/a/Repo.java (exact)',
      'mod:src/main/java/c/UserController.java -> mod:src/main/java/a/Repo.java (exact)',
      'mod:src/test/java/c/UserControllerTest.java -> mod:src/main/java/c/UserController.java (exact)',
    ]);
    const calls = edgesOf(graph, 'calls');
    expect(calls).toContain(
      'sym:src/main/java/c/UserController.java#UserController.one -> sym:src/main/java/a/Repo.java#Repo.find (typed)',
    );
    expect(calls).toContain(
      'sym:src/main/java/c/UserController.java#UserController.one -> sym:src/main/java/c/UserController.java#UserController.helper (exact)',
    );
    expect(calls).toContain(
      'sym:src/main/java/a/MemoryRepo.java#MemoryRepo.find -> sym:src/main/java/a/Names.java#Names.of (exact)',
    );
    expect(edgesOf(graph, 'implements')).toHaveLength(1);
    expect(graph.endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /users/{id}',
    ]);
    expect(edgesOf(graph, 'tests')).toEqual([
      'mod:src/test/java/c/UserControllerTest.java -> mod:src/main/java/c/UserController.java (exact)',
    ]);
  });
});

describe('the graph of C#', () => {
  const files = {
    'Shop/IStore.cs': 'namespace Shop.Data;\npublic interface IStore { string Find(int id); }\n',
    'Shop/Extensions.cs':
      'namespace Shop.Tools;\npublic static class Extensions { public static int Twice(this int x) => x * 2; }\n',
    'Shop/UsersController.cs': `using Shop.Data;
using Shop.Tools;
namespace Shop.Web {
  [ApiController, Route("api/[controller]")]
  public class UsersController : Base, IOther {
    private readonly IStore _store;
    public UsersController(IStore store) { _store = store; }
    [HttpGet("{id}")]
    public async Task<string> Get(int id) { Check(); return _store.Find(id); }
    private void Check() { }
  }
  public class Base { }
  public interface IOther { }
}
`,
  };

  it('links used types exactly, mere usings weakly, calls through fields, and ASP.NET routes', async () => {
    const graph = await graphOf(files);
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:Shop/UsersController.cs -> mod:Shop/Extensions.cs (ambiguous)',
      'mod:Shop/UsersController.cs -> mod:Shop/IStore.cs (typed)',
    ]);
    expect(edgesOf(graph, 'calls')).toEqual([
      'sym:Shop/UsersController.cs#UsersController.Get -> sym:Shop/IStore.cs#IStore.Find (typed)',
      'sym:Shop/UsersController.cs#UsersController.Get -> sym:Shop/UsersController.cs#UsersController.Check (exact)',
    ]);
    expect(edgesOf(graph, 'extends')).toHaveLength(1);
    expect(edgesOf(graph, 'implements')).toHaveLength(1);
    expect(graph.endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/Users/{id}',
    ]);
  });
});
