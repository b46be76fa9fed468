using Lending.Common;
using Lending.Domain;

namespace Lending.Storage;

public class MemoryRepository<T> : IRepository<T> where T : Entity
{
    protected readonly Dictionary<int, T> Items = new();

    public T Get(int id) => Find(id) ?? throw new NotFoundException(typeof(T).Name + " " + id);

    public T? Find(int id) => Items.TryGetValue(id, out var found) ? found : null;

    public virtual void Add(T entity)
    {
        Guard.NotNull(entity, nameof(entity));
        Items[entity.Id] = entity;
        Added(entity);
    }

    public IEnumerable<T> All() => Items.Values;

    protected virtual void Added(T entity) => Log.Write("added " + entity.Label());
}
