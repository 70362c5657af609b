using System.Net;

namespace ArcFace.Notebooks;

/// <summary>The MIME types in which values are shown.</summary>
internal static class MimeTypes
{
    public const string Text = "text/plain", Html = "text/html", Plotly = Charts.Figure.PlotlyMimeType;
}

/// <summary>A value in all its forms, in a type of its own that <see cref="EngineFormatters"/> registers.</summary>
/// <param name="forms">MIME type to content. <c>text/plain</c> is always there.</param>
internal sealed class MimeBundle(IReadOnlyDictionary<string, string> forms)
{
    public string[] Types { get; } = [.. forms.Keys];

    public string? In(string mimeType) => forms.GetValueOrDefault(mimeType);

    public string ToHtml() => In(MimeTypes.Html) ?? $"<pre>{WebUtility.HtmlEncode(ToString())}</pre>";

    public override string ToString() => forms[MimeTypes.Text];
}
