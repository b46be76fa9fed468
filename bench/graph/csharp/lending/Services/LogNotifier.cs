using Lending.Common;
using Lending.Domain;

namespace Lending.Services;

public sealed class LogNotifier(IClock clock) : NotifierBase
{
    protected override bool Accepts(Member member) =>
        base.Accepts(member) && !member.Debt(clock).IsMoreThan(Money.Of(100));

    protected override void Deliver(string to, string text) => Log.Write($"{to}: {text}");
}
