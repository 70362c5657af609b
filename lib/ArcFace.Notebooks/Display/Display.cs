namespace ArcFace.Notebooks;

/// <summary>Where shown values go. The host is found once, at the first value shown.</summary>
public static class Display
{
    private static IDisplayHost? _host;

    /// <summary>Makes <paramref name="host"/> the place where values are shown, for the rest of the process.</summary>
    public static void Register(IDisplayHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
    }

    /// <summary>The place where values are shown: a registered host, else a notebook engine found in the process, else the console.</summary>
    internal static IDisplayHost Host => _host ??= Find();

    internal static string HostName => Host.ToString()!;

    private static IDisplayHost Find() =>
        EngineDisplay.Find(AppDomain.CurrentDomain.GetAssemblies()) is { } engine ? engine : new ConsoleDisplay();
}
