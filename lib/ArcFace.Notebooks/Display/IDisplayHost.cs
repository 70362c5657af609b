namespace ArcFace.Notebooks;

/// <summary>A place where values are shown: what a notebook engine registers with <see cref="Display.Register"/>.</summary>
public interface IDisplayHost
{
    /// <summary>Shows one value, given in several forms of which the host takes those it can draw.</summary>
    /// <param name="forms">MIME type to content. <c>text/plain</c> is always there.</param>
    /// <returns>The shown value, which can be replaced in place.</returns>
    IDisplayedValue Show(IReadOnlyDictionary<string, string> forms);

    /// <summary>Whether a shown value is replaced where it stands, rather than shown anew below.</summary>
    bool ReplacesInPlace => true;

    /// <summary>Whether figures are wanted as HTML too, which weighs much where it is not needed.</summary>
    bool DrawsHtml => false;
}

/// <summary>A value that stands in a notebook's output already.</summary>
public interface IDisplayedValue
{
    /// <summary>Replaces what is shown, in place.</summary>
    /// <param name="forms">MIME type to content. <c>text/plain</c> is always there.</param>
    void Update(IReadOnlyDictionary<string, string> forms);
}
