using Lending.Domain;

namespace Lending.Storage;

public interface IRepository<T> where T : Entity
{
    T Get(int id);
    T? Find(int id);
    void Add(T entity);
    IEnumerable<T> All();
}

public interface IBookRepository : IRepository<Book>
{
    Book ByIsbn(Isbn isbn);
}
