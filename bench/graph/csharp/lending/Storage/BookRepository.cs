using Lending.Common;
using Lending.Domain;
using Index = System.Collections.Generic.Dictionary<Lending.Domain.Isbn, Lending.Domain.Book>;

namespace Lending.Storage;

public sealed class BookRepository : MemoryRepository<Book>, IBookRepository
{
    private readonly Index _byIsbn = new();

    public Book ByIsbn(Isbn isbn) =>
        _byIsbn.TryGetValue(isbn, out var book) ? book : throw new NotFoundException(isbn.Format());

    public override void Add(Book book)
    {
        base.Add(book);
        _byIsbn[book.Isbn] = book;
    }

    protected override void Added(Book book)
    {
        base.Added(book);
        Log.Write(book.Title, book.Copies);
    }
}
