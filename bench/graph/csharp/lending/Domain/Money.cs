namespace Lending.Domain;

public readonly struct Money
{
    private readonly decimal _amount;

    private Money(decimal amount) => _amount = amount;

    public static Money Zero => Of(0);

    public static Money Of(decimal amount) => new(Round(amount));

    public static Money operator +(Money left, Money right) => Of(left._amount + right._amount);

    public Money Times(int factor) => Of(_amount * factor);

    public bool IsMoreThan(Money other) => _amount > other._amount;

    public override string ToString() => _amount.ToString("0.00");

    private static decimal Round(decimal amount) => Math.Round(amount, 2);
}
