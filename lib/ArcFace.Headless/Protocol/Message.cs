namespace ArcFace.Headless.Protocol;

/// <summary>What the host and its worker tell each other.</summary>
[JsonDerivedType(typeof(Execute), "execute")]
[JsonDerivedType(typeof(CellText), "text")]
[JsonDerivedType(typeof(ShownValue), "value")]
[JsonDerivedType(typeof(CellFailure), "error")]
[JsonDerivedType(typeof(Finished), "finished")]
internal abstract record Message;

/// <summary>Host: run a cell.</summary>
internal sealed record Execute(string Source) : Message;

/// <summary>Worker: text written to the console, as <c>stdout</c> or <c>stderr</c>.</summary>
internal sealed record CellText(string Stream, string Text) : Message;

/// <summary>Worker: the cell is done, with or without an error.</summary>
internal sealed record Finished : Message;

/// <summary>What stands whole among a cell's outputs.</summary>
internal abstract record CellOutput : Message;

/// <summary>How a value is shown: on request, in the place of what was shown under the same id, or as the cell's last expression.</summary>
internal enum ShownAs { Display, Update, Result }

/// <summary>Worker: a value, what an update names it by, and the forms it can be drawn in, MIME type to content.</summary>
internal sealed record ShownValue(ShownAs As, string Id, IReadOnlyDictionary<string, string> Forms) : CellOutput;
