using Lending.Domain;

namespace Lending.Services;

public interface INotifier
{
    void Send(Member member, string text);
}

public abstract class NotifierBase : INotifier
{
    public void Send(Member member, string text)
    {
        if (Accepts(member)) Deliver(member.Name, text);
    }

    protected virtual bool Accepts(Member member) => true;

    protected abstract void Deliver(string to, string text);
}
