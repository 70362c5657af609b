using ArcFace.Headless.Protocol;
using Microsoft.DotNet.Interactive.Formatting;

namespace ArcFace.Headless.Worker;

/// <summary>Turns the value of a cell's last expression into what a reader of Polyglot Notebooks would see.</summary>
internal static class ValueFormatter
{
    /// <summary>Longer content would make a notebook that no editor opens.</summary>
    internal const int LongestForm = 16 << 20;

    public static ShownValue Format(object? value)
    {
        var forms = new Dictionary<string, string>();
        foreach (string mimeType in Formatter.GetPreferredMimeTypesFor(value?.GetType()).Append(PlainTextFormatter.MimeType).Distinct())
        {
            forms[mimeType] = value.ToDisplayString(mimeType).ReplaceLineEndings("\n");
        }

        return new ShownValue(0, Bound(forms));
    }

    /// <summary>Leaves forms of a sensible size alone, and puts a note in the place of others.</summary>
    public static IReadOnlyDictionary<string, string> Bound(IReadOnlyDictionary<string, string> forms)
    {
        long length = forms.Sum(form => (long)form.Value.Length);
        return length <= LongestForm
            ? forms
            : new Dictionary<string, string>
            {
                [PlainTextFormatter.MimeType] = $"(not shown: {length:N0} characters, of at most {LongestForm:N0})",
            };
    }
}
