namespace ArcFace.Notebooks;

/// <summary>
/// A notebook cannot go on: what the cells below need is not there, and the message says what to do. The host without an editor runs no further cell.
/// </summary>
public sealed class NotebookStoppedException : Exception
{
    /// <summary>An exception without a message.</summary>
    public NotebookStoppedException()
    {
    }

    /// <summary>An exception that says what is missing, and what to do.</summary>
    public NotebookStoppedException(string message)
        : base(message)
    {
    }

    /// <summary>An exception that says what is missing, and what to do.</summary>
    public NotebookStoppedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
