namespace ArcFace.Losses;

/// <summary>Three samples of a batch by their row: an anchor, another one of its class, and one of another class.</summary>
/// <param name="Anchor">Row of the anchor.</param>
/// <param name="Positive">Row of another sample of its class.</param>
/// <param name="Negative">Row of a sample of another class.</param>
public readonly record struct Triplet(long Anchor, long Positive, long Negative);

/// <summary>What mining found in a batch.</summary>
/// <param name="Triplets">The triplets to learn from, in the order of their anchors.</param>
/// <param name="ValidCount">How many triplets the batch holds at all.</param>
/// <param name="ZeroLossCount">How many of those meet the margin already, and so teach nothing.</param>
public sealed record TripletSelection(IReadOnlyList<Triplet> Triplets, long ValidCount, long ZeroLossCount);
