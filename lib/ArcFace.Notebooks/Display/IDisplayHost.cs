namespace ArcFace.Notebooks;

/// <summary>A place where values are shown: what a notebook engine registers with <see cref="Display.Register"/>.</summary>
public interface IDisplayHost
{
    /// <summary>Shows one value, given in several forms of which the host takes those it can draw.</summary>
    /// <param name="forms">MIME type to content. <c>text/plain</c> is always there.</param>
    /// <returns>Replaces what is shown, in place, by another value in such forms.</returns>
    Action<IReadOnlyDictionary<string, string>> Show(IReadOnlyDictionary<string, string> forms);

    /// <summary>Whether a shown value is replaced where it stands, rather than shown anew below.</summary>
    bool ReplacesInPlace => true;

    /// <summary>Whether figures are wanted as HTML too, which weighs much where it is not needed.</summary>
    bool DrawsHtml => false;
}
