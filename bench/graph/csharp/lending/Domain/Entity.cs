using Lending.Common;

namespace Lending.Domain;

public abstract class Entity
{
    protected Entity(int id)
    {
        Guard.Positive(id, nameof(id));
        Id = id;
    }

    public int Id { get; }

    public virtual string Label() => $"{Kind()} {Id}";

    protected abstract string Kind();

    public override string ToString() => Label();
}
