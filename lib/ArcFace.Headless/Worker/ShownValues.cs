using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace ArcFace.Headless.Worker;

/// <summary>What the kernel shows, in the forms that it gives and as plain text, which every reader of the document has.</summary>
internal static class ShownValues
{
    /// <summary>Longer content would make a notebook that no editor opens.</summary>
    internal const int LongestForm = 8 << 20;

    public static ShownValue Of(DisplayEvent shown, ShownAs shownAs)
    {
        var forms = new Dictionary<string, string>();
        foreach (FormattedValue form in shown.FormattedValues)
        {
            forms[form.MimeType] = (form.Value ?? "").ReplaceLineEndings("\n");
        }

        long length = forms.Sum(form => (long)form.Value.Length);
        if (length > LongestForm)
        {
            forms = new() { [PlainTextFormatter.MimeType] = $"(not shown: {length:N0} characters, of at most {LongestForm:N0})" };
        }
        else if (!forms.ContainsKey(PlainTextFormatter.MimeType) && TextOf(shown.Value) is { } text && length + text.Length <= LongestForm)
        {
            forms[PlainTextFormatter.MimeType] = text;
        }

        return new ShownValue(shownAs, shown.ValueId ?? "", forms);
    }

    private static string? TextOf(object? value)
    {
        try
        {
            return value is FormattedValue or IEnumerable<FormattedValue> ? null
                : value.ToDisplayString(PlainTextFormatter.MimeType).ReplaceLineEndings("\n");
        }
        catch (Exception exception)
        {
            return $"(cannot be shown as text: {exception.GetType()})";
        }
    }
}
