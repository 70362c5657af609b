using System.Net;
using ArcFace.Notebooks.Charts;

namespace ArcFace.Notebooks;

/// <summary>A value in all its forms, in a type of its own that .NET Interactive learns to draw through
/// <see cref="TypeFormatterSourceAttribute"/>.</summary>
[TypeFormatterSource(typeof(ShownFormsFormatters), Showing.TextMimeType)]
internal sealed class ShownForms(IReadOnlyDictionary<string, string> forms)
{
    public IReadOnlyDictionary<string, string> Forms { get; } = forms;

    public string ToHtml() =>
        Forms.TryGetValue(Showing.HtmlMimeType, out string? html) ? html : $"<pre>{WebUtility.HtmlEncode(Forms[Showing.TextMimeType])}</pre>";

    public override string ToString() => Forms[Showing.TextMimeType];
}

/// <summary>How .NET Interactive draws <see cref="ShownForms"/>.</summary>
internal sealed class ShownFormsFormatters
{
#pragma warning disable CA1822 // .NET Interactive makes an instance and looks for an instance method.
    public IEnumerable<object> CreateTypeFormatters() =>
    [
        new TypeFormatter<ShownForms>(Showing.PlotlyMimeType, shown => shown.Forms.GetValueOrDefault(Showing.PlotlyMimeType)),
        new TypeFormatter<ShownForms>(Showing.HtmlMimeType, shown => shown.ToHtml()),
        new TypeFormatter<ShownForms>(Showing.TextMimeType, shown => shown.ToString()),
    ];
#pragma warning restore CA1822
}
