namespace ArcFace.Notebooks.Lessons.Faces;

/// <summary>What faces are drawn on: it makes the fields that all others are computed from.</summary>
internal interface ICanvas
{
    /// <summary>Height and width in pixels.</summary>
    int Size { get; }

    /// <summary>From −1 at the left border to 1 at the right one.</summary>
    Field Across { get; }

    /// <summary>From −1 at the upper border to 1 at the lower one.</summary>
    Field Down { get; }

    /// <summary>The same value for all pixels; it stays until the innermost scope ends.</summary>
    Field Filled(float value);

    /// <summary>A Gaussian blur; beside the border the weights of what lies inside make one.</summary>
    /// <param name="picture">A field that is kept.</param>
    /// <param name="deviation">The Gaussian's standard deviation in pixels, a number or one for each picture.</param>
    Field Blur(Field picture, Field deviation);

    /// <summary>Noise of deviation 1.</summary>
    /// <param name="start">Where in the grain each picture's first channel starts.</param>
    /// <param name="channel">Another channel goes on where the one before it ended.</param>
    Field Noise(Field start, int channel);

    /// <summary>Fields made from now on are freed when the scope ends.</summary>
    IDisposable NewScope();
}
