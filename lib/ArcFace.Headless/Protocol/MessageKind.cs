namespace ArcFace.Headless.Protocol;

/// <summary>What a message between the host and its worker says.</summary>
internal enum MessageKind : byte
{
    /// <summary>Worker: text written to <see cref="System.Console.Out"/>. The payload is UTF-8.</summary>
    Output,

    /// <summary>Worker: text written to <see cref="System.Console.Error"/>. The payload is UTF-8.</summary>
    ErrorOutput,

    /// <summary>Worker: a value was shown. The payload is a <see cref="ShownValue"/>.</summary>
    Display,

    /// <summary>Worker: a value shown before changes in place. The payload is a <see cref="ShownValue"/>.</summary>
    Update,

    /// <summary>Worker: the value of the cell's last expression. The payload is a <see cref="ShownValue"/>.</summary>
    Result,

    /// <summary>Worker: the cell failed. The payload is a <see cref="CellError"/>.</summary>
    Error,

    /// <summary>Worker: the cell is done, with or without an error.</summary>
    Finished,

    /// <summary>Host: run a cell. The payload is its source in UTF-8.</summary>
    Execute,
}
