namespace ArcFace.Evaluation;

/// <summary>How much of its own class a sample finds among its nearest neighbours; means over the queries, 0..1.</summary>
/// <remarks>R is the number of other samples of the query's class. Source: Musgrave et al., "A Metric Learning Reality Check", ECCV
/// 2020.</remarks>
public sealed record RetrievalReport
{
    internal RetrievalReport()
    {
    }

    /// <summary>P@1: share of the queries whose nearest neighbour is of their class.</summary>
    public double PrecisionAt1 { get; internal init; }

    /// <summary>R-precision: share of the query's class among its R nearest neighbours.</summary>
    public double RPrecision { get; internal init; }

    /// <summary>MAP@R: 1/R · Σ_{i=1..R} P(i), where P(i) is the share of the query's class among the i nearest if the i-th is of it, else
    /// 0.</summary>
    public double MeanAveragePrecisionAtR { get; internal init; }

    /// <summary>Number of queries the means are over.</summary>
    public int QueryCount { get; internal init; }

    /// <summary>Samples that gave no query, for want of another of their class.</summary>
    public int LeftOutSamples { get; internal init; }

    /// <summary>Classes of those samples.</summary>
    public int LeftOutClasses { get; internal init; }

    /// <summary>The report as a table.</summary>
    public override string ToString() => new TextTable($"Retrieval with {TextTable.Count(QueryCount)} queries")
        .Row("P@1", TextTable.Percent(PrecisionAt1))
        .Row("R-precision", TextTable.Percent(RPrecision))
        .Row("MAP@R", TextTable.Percent(MeanAveragePrecisionAtR))
        .Row("left out", $"{LeftOutSamples}", $"samples of {LeftOutClasses} classes")
        .ToString();
}
