using Lending.Common;
using Lending.Domain;
using Lending.Services;
using Lending.Storage;

var books = new BookRepository();
var members = new MemoryRepository<Member>();
IClock clock = SystemClock.Instance;
INotifier notifier = new LogNotifier(clock);
var service = new LendingService(books, members, clock, notifier);

Seed.Fill(books, members);
service.Remind();
Log.Write("ready");

static class Seed
{
    public static void Fill(BookRepository books, IRepository<Member> members)
    {
        Book book = new(1, "Dune", Isbn.Parse("978-0-441-17271-9"));
        book.AddCopy("A1");
        books.Add(book);
        members.Add(new Member(1, "Ada"));
    }
}
