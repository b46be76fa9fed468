using Lending.Domain;

namespace Lending.Web;

public record BookView(string Title, string Isbn, int Free)
{
    public static BookView From(Book book) =>
        new(book.Title, book.Isbn.Format(), book.Copies.Count(copy => copy.IsFree()));
}

public sealed record LoanView(string Copy, DateOnly Due)
{
    public static LoanView From(Loan loan) => new LoanView(loan.Copy.Label(), loan.Due);
}
