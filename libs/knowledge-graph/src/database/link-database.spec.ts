import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';

/** `from -> to (mapper, lines)`, in text order of the ids. */
async function uses(files: Record<string, string>): Promise<string[]> {
  const graph = await graphOf(files);
  return graph.edges
    .filter(({ type }) => type === 'uses-db')
    .map(
      ({ from, to, metadata }) =>
        `${from} -> ${to} (${String(metadata['orm'])}, ${String(metadata['lines'])})`,
    )
    .sort();
}

describe('uses-db edges', () => {
  it('Prisma: calls on models that a schema declares, and on nothing else', async () => {
    const found = await uses({
      'prisma/schema.prisma': 'model User {\n  id Int @id\n}\nmodel OrderLine {\n  id Int @id\n}\n',
      'src/users.ts': `import { prisma } from './client';
export async function list() {
  const users = await prisma.user.findMany();
  await prisma.orderLine.create({ data: {} });
  return prisma.user.count();
}
export const none = () => prisma.ghost.findMany();
export const cart = (store: { user: { find(): void } }) => store.user.find();
`,
    });
    expect(found).toEqual([
      'sym:src/users.ts#list -> db:OrderLine (prisma, 4)',
      'sym:src/users.ts#list -> db:User (prisma, 3,5)',
    ]);
  });

  it('TypeORM: repositories and managers of entities, not of other classes', async () => {
    const found = await uses({
      'src/user.entity.ts': `import { Entity } from 'typeorm';\n@Entity()\nexport class User { id = 1; }\n`,
      'src/plain.ts': 'export class Plain {}\n',
      'src/user.service.ts': `import { EntityManager, Repository } from 'typeorm';
import { User } from './user.entity';
import { Plain } from './plain';
export class UserService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly manager: EntityManager,
  ) {}
  save(user: User) {
    return this.manager.save(User, user);
  }
  other() {
    return this.manager.find(Plain);
  }
}
`,
    });
    expect(found).toEqual([
      'sym:src/user.service.ts#UserService.constructor -> sym:src/user.entity.ts#User (typeorm, 6)',
      'sym:src/user.service.ts#UserService.save -> sym:src/user.entity.ts#User (typeorm, 10)',
    ]);
  });

  it('SQLAlchemy: queries and statements about classes that derive from a declarative base', async () => {
    const found = await uses({
      'app/models.py': `from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"

class Helper:
    pass
`,
      'app/store.py': `from sqlalchemy import select
from app.models import User, Helper

def by_query(session):
    return session.query(User).all()

def by_statement(session):
    return session.scalars(select(User))

def other(session):
    return session.query(Helper)
`,
    });
    expect(found).toEqual([
      'sym:app/store.py#by_query -> sym:app/models.py#User (sqlalchemy, 5)',
      'sym:app/store.py#by_statement -> sym:app/models.py#User (sqlalchemy, 8)',
    ]);
  });

  it('Django: managers of models, also of models that derive from others', async () => {
    const found = await uses({
      'shop/models.py': `from django.db import models

class Item(models.Model):
    name = models.TextField()

class Book(Item):
    pass
`,
      'shop/views.py': `from .models import Book, Item

def index(request):
    return Item.objects.filter(name="x")

def books(request):
    return Book.objects.all()
`,
    });
    expect(found).toEqual([
      'sym:shop/views.py#books -> sym:shop/models.py#Book (django, 7)',
      'sym:shop/views.py#index -> sym:shop/models.py#Item (django, 4)',
    ]);
  });

  it('JPA: repositories of an entity and what an entity manager is asked for', async () => {
    const found = await uses({
      'src/shop/User.java': `package shop;\n@Entity\npublic class User { long id; }\n`,
      'src/shop/UserRepository.java': `package shop;
public interface UserRepository extends JpaRepository<User, Long> {
}
`,
      'src/shop/UserStore.java': `package shop;
public class UserStore {
  private EntityManager entityManager;
  User find(long id) {
    return entityManager.find(User.class, id);
  }
}
`,
    });
    expect(found).toEqual([
      'sym:src/shop/UserRepository.java#UserRepository -> sym:src/shop/User.java#User (jpa, 2)',
      'sym:src/shop/UserStore.java#UserStore.find -> sym:src/shop/User.java#User (jpa, 5)',
    ]);
  });

  it('Entity Framework: sets of a context by the property that holds them', async () => {
    const found = await uses({
      'Data/User.cs': 'namespace Shop.Data;\npublic class User { public int Id { get; set; } }\n',
      'Data/ShopContext.cs': `using Microsoft.EntityFrameworkCore;
namespace Shop.Data;
public class ShopContext : DbContext {
  public DbSet<User> Users { get; set; }
}
`,
      'Services/UserService.cs': `using Shop.Data;
namespace Shop.Services;
public class UserService {
  private readonly ShopContext _context;
  public User Find(int id) {
    return _context.Users.FirstOrDefault(u => u.Id == id);
  }
  public int Size() {
    return _context.Settings.Count();
  }
}
`,
    });
    expect(found).toEqual([
      'sym:Data/ShopContext.cs#ShopContext -> sym:Data/User.cs#User (efcore, 4)',
      'sym:Services/UserService.cs#UserService.Find -> sym:Data/User.cs#User (efcore, 6)',
    ]);
  });

  it('are none to classes that extend each other in a circle', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `T${at}`);
    const found = await uses({
      'models.py': `${names
        .map(
          (name) => `class ${name}(${names.filter((one) => one !== name).join(', ')}):\n    pass\n`,
        )
        .join('\n')}
def run(session):
    return session.query(T0).all()

def more():
    return T0.objects.filter(id=1)
`,
    });
    expect(found).toEqual([]);
  });
});
