using System.Text.Json.Serialization;

namespace ArcFace.Headless.Protocol;

/// <summary>What the host and its worker tell each other.</summary>
[JsonDerivedType(typeof(Execute), "execute")]
[JsonDerivedType(typeof(CellText), "text")]
[JsonDerivedType(typeof(ShownValue), "value")]
[JsonDerivedType(typeof(CellError), "error")]
[JsonDerivedType(typeof(Finished), "finished")]
internal abstract record Message;

/// <summary>Host: run a cell.</summary>
internal sealed record Execute(string Source) : Message;

/// <summary>Worker: text written to the console.</summary>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Text">The text.</param>
internal sealed record CellText(string Stream, string Text) : Message;

/// <summary>Worker: the cell is done, with or without an error.</summary>
internal sealed record Finished : Message;

/// <summary>What stands whole among a cell's outputs.</summary>
internal abstract record CellOutput : Message;

internal enum Showing
{
    /// <summary>On request.</summary>
    Display,

    /// <summary>In the place of what was shown under the same id.</summary>
    Update,

    /// <summary>As the value of the cell's last expression.</summary>
    Result,
}

/// <summary>Worker: a value in the forms it can be drawn in.</summary>
/// <param name="Showing">How it is shown.</param>
/// <param name="Id">What an update names it by.</param>
/// <param name="Forms">MIME type to content.</param>
internal sealed record ShownValue(Showing Showing, string Id, IReadOnlyDictionary<string, string> Forms) : CellOutput;

/// <summary>Worker: the cell failed.</summary>
/// <param name="Name">The kind of error: the exception's type, or <c>CompilationError</c>.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Traceback">The details, line by line.</param>
/// <param name="Line">The line of the cell, from 1, where it is known.</param>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback, int? Line) : CellOutput;
