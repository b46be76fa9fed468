using Lending.Domain;

namespace Lending.Services;

internal static class Notices
{
    public static string Lent(Loan loan) => About(loan, "is yours until " + loan.Due);

    public static string Late(Loan loan) => About(loan, "should have been back");

    public static string Owed(Loan loan, Money fee) => About(loan, $"costs you {fee}");

    private static string About(Loan loan, string text) => $"{loan.Copy.Label()} {text}";
}
