using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

[Collection("Console")]
public class ClaimsTests
{
    private readonly Claims _shipped = new(true), _changed = new(false, "margin == 0.5");

    [Fact]
    public void A_sentence_that_holds_is_quiet() => Assert.Equal("", ExerciseTests.Capture(() =>
    {
        _shipped.That(true, "it is so");
        _shipped.Between(2, 2, 3, "two to three");
        _shipped.Less(1, 2, "one is less");
        _changed.That(true, "it is so");
    }));

    [Fact]
    public void A_sentence_that_fails_at_the_parameters_as_they_come_stops_the_run_and_says_where_and_why()
    {
        double error = 3.25;
        string Message(Action claim) => Assert.Throws<CheckFailedException>(claim).Message;
        Assert.Matches("^line [0-9]+ of the cell: \"small\" does not hold: error < 1 is false$", Message(() => _shipped.That(error < 1, "small")));
        Assert.EndsWith("error is 3.25, not from 0 to 1", Message(() => _shipped.Between(error, 0, 1, "small")), StringComparison.Ordinal);
        Assert.EndsWith("error is 3.25, 2 * 1.0 is 2", Message(() => _shipped.Less(error, 2 * 1.0, "small")), StringComparison.Ordinal);
        Assert.Throws<CheckFailedException>(() => _shipped.Between(double.NaN, 0, 1, "small"));
        Assert.Throws<CheckFailedException>(() => _shipped.Less(double.NaN, 1, "small"));
    }

    [Fact]
    public void A_sentence_that_fails_at_other_parameters_is_told_and_the_run_goes_on() => Assert.Equal(
        "No longer holds at your settings: \"small\" (1 + 1 is 2, not from 0 to 1). It was written for margin == 0.5.",
        ExerciseTests.Capture(() => _changed.Between(1 + 1, 0, 1, "small")));

    [Fact]
    public void A_session_knows_the_settings_from_the_code()
    {
        double margin = 0.7;
        Claims claims = Session.Start().Claims(margin == 0.5);
        Assert.Contains("margin == 0.5", ExerciseTests.Capture(() => claims.That(margin < 0.6, "small")), StringComparison.Ordinal);
    }

    [Fact]
    public void Ways_that_agree_print_their_largest_difference_and_others_stop_the_run()
    {
        double[] close = [0.9999], two = [1, 2], one = [1];
        using var scope = NewDisposeScope();
        Assert.Equal("sum: largest difference 1.0E-3", ExerciseTests.Capture(() => Claims.Agree("sum", 1e-2, 1.0, 1.001f, close, tensor(1.0))));
        Assert.Throws<CheckFailedException>(() => Claims.Agree("sum", 1e-4, 1.0, 1.001));
        Assert.Throws<CheckFailedException>(() => Claims.Agree("sum", 1e-4, double.NaN, double.NaN));
        Assert.Throws<CheckFailedException>(() => Claims.Agree("sum", 1, two, one));
        Assert.Throws<ArgumentException>(() => Claims.Agree("sum", 1, "one", 1.0));
    }

    [Fact]
    public void A_spread_is_the_deviation_of_single_runs_and_pairs_are_compared_pair_by_pair()
    {
        Spread spread = Spread.Of([1, 2, 3, 6]);
        Assert.Equal((3.0, Math.Sqrt(14 / 3.0), 4), (spread.Mean, spread.Deviation, spread.Count));
        Assert.Equal(Math.Sqrt(14 / 12.0), spread.StandardError, 12);
        Assert.Equal("3.00 ± 2.16", $"{spread:F2}");
        Assert.Equal("3.0 ± 2.2", $"{spread}");
        Assert.Equal((-1.0, 0.0), (Spread.OfDifferences([1, 2], [2, 3]).Mean, Spread.OfDifferences([1, 2], [2, 3]).Deviation));
        Assert.Throws<ArgumentException>(() => Spread.OfDifferences([1], [2, 3]));
        Assert.Throws<ArgumentException>(() => Spread.Of([]));
        Assert.Equal("–", $"{Spread.Of([double.NaN, 1])}");
    }
}
