using Lending.Common;

namespace Lending.Domain;

public partial class Member
{
    private const int Limit = 5;

    private void CheckLimit()
    {
        var open = _loans.Count(loan => !loan.IsOver());
        if (open >= Limit) throw new LendingException(Label() + " has too many loans");
    }

    public Money Debt(IClock clock)
    {
        var sum = Money.Zero;
        foreach (var loan in Late(clock)) sum += loan.Fee(clock);
        return sum;
    }
}
