namespace ArcFace.Notebooks;

/// <summary>A strict <see cref="Check"/> found an exercise unanswered or answered wrongly.</summary>
public sealed class CheckFailedException : Exception
{
    /// <summary>An exception without a message.</summary>
    public CheckFailedException()
    {
    }

    /// <summary>An exception that says which exercise, and what is wrong with its answer.</summary>
    public CheckFailedException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says which exercise, and what is wrong with its answer.</summary>
    public CheckFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
