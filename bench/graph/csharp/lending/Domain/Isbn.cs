using System.Text.RegularExpressions;
using Lending.Common;

namespace Lending.Domain;

public readonly record struct Isbn(string Digits) : IComparable<Isbn>
{
    private static readonly Regex Shape = new("^[0-9]{13}$");

    public static Isbn Parse(string text)
    {
        var digits = Strip(text);
        if (!Shape.IsMatch(digits) || !HasValidSum(digits)) throw new LendingException("no ISBN: " + text);
        return new Isbn(digits);
    }

    public static bool TryParse(string text, out Isbn isbn)
    {
        isbn = default;
        try
        {
            isbn = Parse(text);
            return true;
        }
        catch (LendingException)
        {
            return false;
        }
    }

    public string Format() => $"{Digits[..3]}-{Digits[3..]}";

    public int CompareTo(Isbn other) => string.CompareOrdinal(Digits, other.Digits);

    private static string Strip(string text) => text.Replace("-", "");

    private static bool HasValidSum(string digits)
    {
        int Weight(int index) => index % 2 == 0 ? 1 : 3;
        return digits.Select((digit, index) => (digit - '0') * Weight(index)).Sum() % 10 == 0;
    }
}
