namespace Lending.Common;

public static class Log
{
    private static readonly object Gate = new();

    public static Action<string> Sink { get; set; } = Console.WriteLine;

    public static void Write(string text)
    {
        lock (Gate) Sink(Stamp(text));
    }

    public static void Write(string format, params object[] values) => Write(string.Format(format, values));

    public static IDisposable Begin(string text)
    {
        Write(text);
        return new Scope();
    }

    private static string Stamp(string text) => $"{SystemClock.Instance.Today()} {text}";

    private sealed class Scope : IDisposable
    {
        public void Dispose() => Write("done");
    }
}
