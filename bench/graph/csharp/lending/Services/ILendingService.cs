using Lending.Domain;

namespace Lending.Services;

public interface ILendingService
{
    Loan Lend(int memberId, Isbn isbn);
    Money Return(Copy copy, Condition condition);
    void Remind();
}
