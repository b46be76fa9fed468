using Lending.Common;

namespace Lending.Domain;

public sealed class CopyTakenException : LendingException
{
    public CopyTakenException(Copy copy) : base(copy.Label() + " is not free") => Copy = copy;

    public Copy Copy { get; }
}
