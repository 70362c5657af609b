namespace ArcFace.Headless;

/// <summary>There is no Chromium to draw figures with, or it does not draw them.</summary>
/// <param name="message">What went wrong, and what to do.</param>
/// <param name="inner">What was caught, if anything.</param>
public sealed class ChromiumException(string message, Exception? inner = null) : Exception(message, inner);
