namespace ArcFace.Faces.Folders;

/// <summary>Two pictures of a <see cref="FaceFolder"/> to compare, each named by a person and a number.</summary>
/// <param name="LeftPerson">Whose picture the left one is.</param>
/// <param name="LeftNumber">Its number: picture 7 of <c>Ann</c> is the file <c>Ann/Ann_0007.jpg</c> or <c>.png</c>.</param>
/// <param name="RightPerson">Whose picture the right one is.</param>
/// <param name="RightNumber">Its number.</param>
public sealed record FacePair(string LeftPerson, int LeftNumber, string RightPerson, int RightNumber)
{
    /// <summary>Whether both pictures are of one person: a genuine pair.</summary>
    public bool Same => LeftPerson == RightPerson;

    internal string LeftName => NameOf(LeftPerson, LeftNumber);

    internal string RightName => NameOf(RightPerson, RightNumber);

    /// <summary>Person and file without its ending.</summary>
    internal static string NameOf(string person, int number) => $"{person}/{person}_{number:D4}";
}

/// <summary>Pairs as places in <see cref="FaceFolder.Pictures"/>.</summary>
/// <param name="Left">The left picture of each pair.</param>
/// <param name="Right">The right picture of each pair.</param>
/// <param name="Same">Whether both are of one person.</param>
/// <param name="Fold">The fold of each pair, from 0.</param>
/// <param name="Missing">Pairs that were left out, since the folder lacks a picture of theirs.</param>
public sealed record FacePairIndices(
    IReadOnlyList<long> Left,
    IReadOnlyList<long> Right,
    IReadOnlyList<bool> Same,
    IReadOnlyList<long> Fold,
    IReadOnlyList<FacePair> Missing);
