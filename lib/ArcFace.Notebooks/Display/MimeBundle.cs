namespace ArcFace.Notebooks;

/// <summary>The MIME types in which values are shown.</summary>
internal static class MimeTypes
{
    public const string Text = "text/plain", Html = "text/html", Plotly = Charts.Figure.PlotlyMimeType;

    /// <summary>A value as HTML and as text.</summary>
    public static Dictionary<string, string> Forms(string html, string text) => new() { [Html] = html, [Text] = text };

    /// <summary>Text as HTML that keeps its lines and blanks.</summary>
    public static string Preformatted(string text) => $"<pre>{WebUtility.HtmlEncode(text)}</pre>";
}

/// <summary>A value in all its forms, in a type of its own that <see cref="EngineFormatters"/> registers.</summary>
/// <param name="forms">MIME type to content. <c>text/plain</c> is always there.</param>
internal sealed class MimeBundle(IReadOnlyDictionary<string, string> forms)
{
    public string[] Types { get; } = [.. forms.Keys];

    public string? In(string mimeType) => forms.GetValueOrDefault(mimeType);

    public string ToHtml() => In(MimeTypes.Html) ?? MimeTypes.Preformatted(ToString());

    public override string ToString() => forms[MimeTypes.Text];
}
