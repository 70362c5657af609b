using System.Net;

namespace ArcFace.Notebooks;

/// <summary>A value in all its forms, in a type of its own that .NET Interactive learns to draw through
/// <see cref="TypeFormatterSourceAttribute"/>.</summary>
[TypeFormatterSource(typeof(ShownFormsFormatters))]
internal sealed class ShownForms(IReadOnlyDictionary<string, string> forms)
{
    public IReadOnlyDictionary<string, string> Forms { get; } = forms;

    public string ToHtml() =>
        Forms.TryGetValue(Showing.HtmlMimeType, out string? html) ? html : $"<pre>{WebUtility.HtmlEncode(Forms[Showing.TextMimeType])}</pre>";

    public override string ToString() => Forms[Showing.TextMimeType];
}

/// <summary>What .NET Interactive asks for formatters, once a type.</summary>
internal sealed class ShownFormsFormatters
{
#pragma warning disable CA1822 // .NET Interactive makes an instance and looks for an instance method.
    public IEnumerable<object> CreateTypeFormatters() =>
        [new ShownFormsFormatter(Showing.PlotlyMimeType), new ShownFormsFormatter(Showing.HtmlMimeType), new ShownFormsFormatter(Showing.TextMimeType)];
#pragma warning restore CA1822
}

/// <summary>Writes one form of a value, by the names that .NET Interactive looks for.</summary>
internal sealed class ShownFormsFormatter(string mimeType)
{
    public string MimeType => mimeType;

    public Type Type { get; } = typeof(ShownForms);

    public bool Format(object value, TextWriter writer)
    {
        if (value is not ShownForms shown || (mimeType != Showing.HtmlMimeType && !shown.Forms.ContainsKey(mimeType)))
        {
            return false;
        }

        writer.Write(mimeType == Showing.HtmlMimeType ? shown.ToHtml() : shown.Forms[mimeType]);
        return true;
    }
}

/// <summary>.NET Interactive finds formatters by an attribute of this name, whichever assembly declares it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType { get; } = formatterSourceType;

    public string[] PreferredMimeTypes { get; set; } = [Showing.PlotlyMimeType];
}
