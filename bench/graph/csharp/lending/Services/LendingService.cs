using Lending.Common;
using Lending.Domain;
using Lending.Storage;
using static Lending.Services.Notices;

namespace Lending.Services;

public class LendingService : ILendingService
{
    private readonly IBookRepository _books;
    private readonly IRepository<Member> _members;
    private readonly IClock _clock;
    private readonly INotifier _notifier;
    private int _next = 1;

    public LendingService(IBookRepository books, IRepository<Member> members, IClock clock, INotifier notifier)
    {
        _books = Guard.NotNull(books, nameof(books));
        _members = Guard.NotNull(members, nameof(members));
        _clock = clock;
        _notifier = notifier;
    }

    public Loan Lend(int memberId, Isbn isbn)
    {
        var member = _members.Get(memberId);
        var book = _books.ByIsbn(isbn);
        var copy = book.FirstFree() ?? throw new NotFoundException("a free copy of " + book.Label());
        var loan = new Loan(_next++, copy, member, _clock.In(Loan.Days));
        copy.Give(loan);
        member.Add(loan);
        _notifier.Send(member, Lent(loan));
        return loan;
    }

    public Money Return(Copy copy, Condition condition)
    {
        Loan loan = copy.TakeBack(condition);
        var fee = loan.Fee(_clock);
        if (condition.NeedsRepair()) fee += RepairFee(copy);
        if (fee.IsMoreThan(Money.Zero)) _notifier.Send(loan.Member, Owed(loan, fee));
        return fee;
    }

    public void Remind()
    {
        foreach (Member member in _members.All())
        {
            foreach (Loan loan in member.Late(_clock)) Remind(member, loan);
        }
    }

    private void Remind(Member member, Loan loan)
    {
        using var scope = Log.Begin("reminding " + member.Label());
        _notifier.Send(member, Late(loan));
    }

    private static Money RepairFee(Copy copy) => Money.Of(copy.Book.Copies.Count).Times(2);
}
