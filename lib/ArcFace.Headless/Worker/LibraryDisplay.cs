using ArcFace.Headless.Protocol;
using ArcFace.Notebooks;

namespace ArcFace.Headless.Worker;

/// <summary>What the library's <c>Show()</c> finds: every value goes to the host, and so does every change of it.</summary>
internal sealed class LibraryDisplay : IDisplayHost
{
    private readonly MessageWriter _messages;
    private int _lastId;

    private LibraryDisplay(MessageWriter messages) => _messages = messages;

    /// <summary>Tells the library, which must be loaded by now, where to show things.</summary>
    public static void Register(MessageWriter messages) => Display.Register(new LibraryDisplay(messages));

    public IDisplayedValue Show(IReadOnlyDictionary<string, string> forms)
    {
        int id = Interlocked.Increment(ref _lastId);
        Send(MessageKind.Display, id, forms);
        return new DisplayedValue(this, id);
    }

    /// <summary>What the library calls this host when it tells the reader where things run.</summary>
    public override string ToString() => "headless";

    private void Send(MessageKind kind, int id, IReadOnlyDictionary<string, string> forms) =>
        _messages.Write(kind, PayloadContext.Encode(new ShownValue(id, ValueFormatter.Bound(forms))));

    private sealed class DisplayedValue(LibraryDisplay display, int id) : IDisplayedValue
    {
        public void Update(IReadOnlyDictionary<string, string> forms) => display.Send(MessageKind.Update, id, forms);
    }
}
