namespace Lending.Common;

/// <summary>Checks of arguments.</summary>
public static class Guard
{
    public static T NotNull<T>(T? value, string name) where T : class
    {
        if (value is null) Fail(name);
        return value!;
    }

    public static void Positive(int value, string name)
    {
        if (value <= 0) Fail(name);
    }

    private static void Fail(string name) => throw new LendingException($"{name} is not valid");
}
