using Lending.Domain;
using Lending.Services;
using Lending.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Lending.Web
{
    [ApiController]
    [Route("books")]
    public class BooksController : ControllerBase
    {
        private readonly IBookRepository books;
        private readonly ILendingService lending;

        public BooksController(IBookRepository books, ILendingService lending)
        {
            this.books = books;
            this.lending = lending;
        }

        [HttpGet("{isbn}")]
        public ActionResult<BookView> One(string isbn)
        {
            if (!Isbn.TryParse(isbn, out var parsed)) return BadRequest();
            return BookView.From(books.ByIsbn(parsed));
        }

        [HttpPost("{isbn}/loans")]
        public IActionResult Lend(string isbn, [FromBody] LendRequest request)
        {
            var loan = this.lending.Lend(request.MemberId, Isbn.Parse(isbn));
            return Ok(LoanView.From(loan));
        }

        [HttpGet]
        public IEnumerable<BookView> All() => books.All().Select(BookView.From);
    }

    public record LendRequest(int MemberId);
}
