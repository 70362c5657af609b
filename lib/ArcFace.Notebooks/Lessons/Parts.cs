using ArcFace.Data;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Images in three parts: to train with, to choose with, and to judge with.</summary>
/// <param name="Train">The images that training sees.</param>
/// <param name="Validation">Those by which settings are chosen.</param>
/// <param name="Test">Those that are used for no choice.</param>
public sealed record Parts(LabeledImages Train, LabeledImages Validation, LabeledImages Test) : IDisposable
{
    /// <summary>Splits images, class by class: a share to train with, half of the rest each to choose and to judge with.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="trainFraction"/> leaves a part empty.</exception>
    public static Parts Of(LabeledImages images, double trainFraction, long seed)
    {
        (LabeledImages train, LabeledImages rest) = images.Split(trainFraction, seed);
        using (rest)
        {
            (LabeledImages validation, LabeledImages test) = rest.Split(0.5, seed);
            return new(train, validation, test);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Train.Dispose();
        Validation.Dispose();
        Test.Dispose();
    }
}
