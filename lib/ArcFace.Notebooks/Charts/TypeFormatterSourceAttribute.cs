namespace ArcFace.Notebooks.Charts;

/// <summary>
/// Names the class that tells .NET Interactive how to draw a type. The engine finds the attribute by this name, whichever assembly
/// declares it: a type can be drawn as the last expression of a cell, and by <c>display</c>, without a reference to the engine.
/// </summary>
/// <param name="formatterSourceType">A class with a method <c>CreateTypeFormatters()</c> that gives the formatters.</param>
/// <param name="preferredMimeTypes">The forms to show where none is asked for, best first; at least one.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType, params string[] preferredMimeTypes) : Attribute
{
    /// <summary>The class that gives the formatters.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;

    /// <summary>The forms to show where none is asked for, best first.</summary>
    public string[] PreferredMimeTypes { get; } = preferredMimeTypes;
}
