namespace Lending.Domain;

public class Copy : Entity
{
    private Loan? _loan;

    public Copy(int id, Book book, string shelf) : base(id)
    {
        Book = book;
        Shelf = shelf;
    }

    public Book Book { get; }

    public string Shelf { get; private set; }

    public Condition Condition { get; private set; } = Condition.New;

    public bool IsFree() => _loan is null || _loan.IsOver();

    public void Give(Loan loan)
    {
        if (!IsFree()) throw new CopyTakenException(this);
        _loan = loan;
    }

    public Loan TakeBack(Condition condition)
    {
        var loan = _loan ?? throw new CopyTakenException(this);
        loan.Close();
        Wear(condition);
        _loan = null;
        return loan;
    }

    public override string Label() => Book.Label() + ", " + base.Label();

    protected override string Kind() => "copy";

    private void Wear(Condition condition)
    {
        if (condition > Condition) Condition = condition;
    }
}
