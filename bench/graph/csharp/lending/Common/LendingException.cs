using System;

namespace Lending.Common
{
    public class LendingException : Exception
    {
        public LendingException(string message) : base(message) { }
    }

    public sealed class NotFoundException : LendingException
    {
        public NotFoundException(string what) : base(Describe(what)) { }

        private static string Describe(string what) => what + " was not found";
    }
}
