namespace Lending.Domain;

public enum Condition { New, Used, Damaged }

public static class Conditions
{
    public static bool NeedsRepair(this Condition condition) => condition == Condition.Damaged;

    public static Condition Parse(string text) => Enum.Parse<Condition>(text, ignoreCase: true);
}
