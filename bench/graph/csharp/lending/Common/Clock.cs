namespace Lending.Common;

public interface IClock
{
    DateOnly Today();

    DateOnly In(int days) => Today().AddDays(days);
}

public sealed class SystemClock : IClock
{
    public static readonly SystemClock Instance = new();

    public DateOnly Today() => DateOnly.FromDateTime(DateTime.Now);
}
