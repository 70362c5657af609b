namespace ArcFace.Notebooks;

/// <summary>Shows values where there is no notebook engine: as text.</summary>
internal sealed class ConsoleDisplay : IDisplayHost
{
    public bool ReplacesInPlace => false;

    public IDisplayedValue Show(IReadOnlyDictionary<string, string> forms)
    {
        var shown = new Line();
        shown.Update(forms);
        return shown;
    }

    public override string ToString() => "console (values are shown as text)";

    private sealed class Line : IDisplayedValue
    {
        public void Update(IReadOnlyDictionary<string, string> forms) => Console.WriteLine(forms[Showing.TextMimeType]);
    }
}
