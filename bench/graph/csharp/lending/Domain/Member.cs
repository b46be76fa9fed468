using Lending.Common;

namespace Lending.Domain;

public partial class Member : Entity
{
    private readonly List<Loan> _loans = new();

    public Member(int id, string name) : base(id) => Name = Guard.NotNull(name, nameof(name));

    public string Name { get; }

    public event EventHandler<Loan>? Borrowed;

    public void Add(Loan loan)
    {
        CheckLimit();
        _loans.Add(loan);
        Borrowed?.Invoke(this, loan);
    }

    public IEnumerable<Loan> Late(IClock clock) => _loans.Where(loan => loan.IsLate(clock));

    public override string Label() => Name;

    protected override string Kind() => "member";
}
