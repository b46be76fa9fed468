using Lending.Common;

namespace Lending.Domain;

public class Book : Entity
{
    private readonly List<Copy> _copies = new();

    public Book(int id, string title, Isbn isbn) : base(id)
    {
        Title = Guard.NotNull(title, nameof(title));
        Isbn = isbn;
    }

    public string Title { get; }

    public Isbn Isbn { get; }

    public IReadOnlyList<Copy> Copies => _copies;

    public Copy AddCopy(string shelf)
    {
        var copy = new Copy(_copies.Count + 1, this, shelf);
        _copies.Add(copy);
        return copy;
    }

    public Copy? FirstFree() => _copies.FirstOrDefault(copy => copy.IsFree());

    public override string Label() => Shorten(base.Label()) + " " + Isbn.Format();

    protected override string Kind() => "book";

    private static string Shorten(string text) => text.Length > 20 ? text[..20] : text;
}
