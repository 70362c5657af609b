using ArcFace.Training;

namespace ArcFace.Tests.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Each_decay_follows_its_formula()
    {
        Assert.Equal(1, LearningRateSchedule.Constant.Factor(99, 100));
        Assert.Equal(0.75, LearningRateSchedule.Linear.Factor(25, 100));
        Assert.Equal(0.5, LearningRateSchedule.Cosine.Factor(50, 100), 12);
        Assert.Equal(0.25, LearningRateSchedule.Polynomial(2).Factor(50, 100));
        var steps = LearningRateSchedule.Steps(0.1, 0.5, 0.75);
        Assert.Equal([1, 0.1, 0.01], new[] { 49L, 50, 75 }.Select(step => Math.Round(steps.Factor(step, 100), 12)));
    }

    [Fact]
    public void A_warm_up_rises_in_even_steps_to_the_full_rate()
    {
        var schedule = LearningRateSchedule.Linear.WithWarmUp(0.1);
        Assert.Equal([0.1, 0.2, 0.3], Enumerable.Range(0, 3).Select(step => Math.Round(schedule.Factor(step, 100), 12)));
        Assert.Equal(1, schedule.Factor(9, 100));
        Assert.Equal(1, schedule.Factor(10, 100));
        Assert.Equal(0.5, schedule.Factor(55, 100));
    }

    [Fact]
    public void What_is_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear.WithWarmUp(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Polynomial(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Steps(0.1, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Linear.Factor(100, 100));
    }
}
