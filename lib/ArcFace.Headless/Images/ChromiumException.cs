namespace ArcFace.Headless;

/// <summary>There is no Chromium to draw figures with, or it does not draw them.</summary>
public sealed class ChromiumException : Exception
{
    /// <summary>Says what went wrong and what to do.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public ChromiumException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
