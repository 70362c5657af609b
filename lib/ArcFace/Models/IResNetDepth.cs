namespace ArcFace.Models;

/// <summary>How deep an <see cref="IResNet"/> is. The number is the name's; the blocks per stage are said with each.</summary>
public enum IResNetDepth
{
    /// <summary>2, 2, 2, 2 blocks.</summary>
    R18 = 18,

    /// <summary>3, 4, 6, 3 blocks.</summary>
    R34 = 34,

    /// <summary>3, 4, 14, 3 blocks.</summary>
    R50 = 50,

    /// <summary>3, 13, 30, 3 blocks.</summary>
    R100 = 100,

    /// <summary>6, 26, 60, 6 blocks.</summary>
    R200 = 200,
}
