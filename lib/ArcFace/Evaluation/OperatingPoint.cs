using System.Globalization;

namespace ArcFace.Evaluation;

/// <summary>A threshold chosen for a false-accept rate, what it gives, and how far the data can support it.</summary>
/// <param name="RequestedRate">The false-accept rate that was asked for, 0..1.</param>
/// <param name="Threshold">Accept a score of at least this: just above the highest impostor score that must be refused.</param>
/// <param name="TrueAcceptRate">Share of the genuine attempts accepted, 0..1; in an open set the detection and identification rate.</param>
/// <param name="FalseAcceptRate">The largest measured rate not above the request, 0..1; in an open set the false-alarm rate.</param>
/// <param name="FalseAccepts">Impostors accepted at the threshold.</param>
/// <param name="ImpostorCount">Impostors the rate was measured on.</param>
/// <param name="Warning">What must be said with the figure when there are too few impostors for it; else null.</param>
public sealed record OperatingPoint(
    double RequestedRate,
    double Threshold,
    double TrueAcceptRate,
    double FalseAcceptRate,
    long FalseAccepts,
    long ImpostorCount,
    string? Warning)
{
    // With 30 errors the true rate is within 30 % of the measured one at 90 % confidence: Doddington et al.,
    // "The NIST speaker recognition evaluation", Speech Communication 31 (2000).
    private const int ErrorsForARate = 30;

    // The 97.5 % point of the normal distribution.
    private const double Z = 1.959964;

    /// <summary>The 95 % interval of the false-accept rate (Wilson, JASA 22, 1927), which takes the impostors for independent. Pairs that
    /// share a person are not: <see cref="Verification.Bootstrap"/> draws people.</summary>
    public ConfidenceInterval FalseAcceptInterval
    {
        get
        {
            double share = Z * Z / ImpostorCount, middle = FalseAcceptRate + (share / 2);
            double half = Math.Sqrt(share * ((FalseAcceptRate * (1 - FalseAcceptRate)) + (share / 4)));
            return new(FalseAcceptRate, Math.Max(0, (middle - half) / (1 + share)), Math.Min(1, (middle + half) / (1 + share)));
        }
    }

    internal static OperatingPoint Create(
        double requestedRate, double threshold, double trueAcceptRate, long falseAccepts, long impostorCount, string impostors)
    {
        string count = string.Create(CultureInfo.InvariantCulture, $"{impostorCount:N0} {impostors}");
        string rate = TextTable.Rate(requestedRate);
        string? warning = requestedRate < 1.0 / impostorCount
            ? $"A rate of {rate} cannot be measured with {count}: a single one is already {TextTable.Rate(1.0 / impostorCount)}. This is "
                + "the point without any error on them; the true rate there is only known to be below "
                + $"{TextTable.Rate(Math.Min(1, 3.0 / impostorCount))} (rule of three, 95 %)."
            : requestedRate * impostorCount < ErrorsForARate
            ? $"A rate of {rate} rests on {falseAccepts} of {count}; {ErrorsForARate} are needed to know a rate to within 30 %."
            : null;
        return new(
            requestedRate, threshold, trueAcceptRate, (double)falseAccepts / impostorCount, falseAccepts, impostorCount, warning);
    }

    /// <summary>The point as a table, the warning below it.</summary>
    public override string ToString()
    {
        string table = new TextTable("Operating point")
            .Row("requested FAR", TextTable.Rate(RequestedRate))
            .Row("threshold", TextTable.Number(Threshold))
            .Row("measured FAR", TextTable.Rate(FalseAcceptRate), $"{FalseAccepts} of {ImpostorCount}")
            .Row("its 95 % interval", TextTable.Rate(FalseAcceptInterval.Lower), $"to {TextTable.Rate(FalseAcceptInterval.Upper)}")
            .Row("TAR", TextTable.Percent(TrueAcceptRate))
            .ToString();
        return Warning is null ? table : $"{table}{Environment.NewLine}{Warning}";
    }
}
