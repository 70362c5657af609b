namespace ArcFace.Notebooks;

/// <summary>
/// A notebook cannot go on: what the cells below need is not there, and the message says what to do. The host without an editor runs no further cell.
/// </summary>
/// <param name="message">What is missing, and what to do.</param>
/// <param name="cause">What went wrong with it, if anything.</param>
public sealed class NotebookStoppedException(string message, Exception? cause = null) : Exception(message, cause);
