namespace ArcFace.Models;

/// <summary>A layer that brings its input to a common scale. Training leaves its own parameters without weight decay.</summary>
/// <remarks>For layers of one's own: those of TorchSharp, and what derives from them, are known without it.</remarks>
public interface INormalization;
