using Lending.Common;

namespace Lending.Domain;

public class Loan : Entity
{
    public const int Days = 28;

    public Loan(int id, Copy copy, Member member, DateOnly due) : base(id)
    {
        Copy = copy;
        Member = member;
        Due = due;
    }

    public Copy Copy { get; }
    public Member Member { get; }
    public DateOnly Due { get; private set; }
    private bool Closed { get; set; }

    public bool IsOver() => Closed;

    public bool IsLate(IClock clock) => !IsOver() && Due < clock.Today();

    public void Extend(IClock clock)
    {
        if (IsLate(clock)) throw new LendingException(Label() + " is late");
        Due = clock.In(Days);
    }

    public void Close() => Closed = true;

    public Money Fee(IClock clock) =>
        IsLate(clock) ? Money.Of(clock.Today().DayNumber - Due.DayNumber) : Money.Zero;

    protected override string Kind() => "loan";
}
