using ArcFace.Notebooks.Lessons;
using static System.Math;
using static ArcFace.Notebooks.Answer;
using static ArcFace.Notebooks.Exercise;

namespace ArcFace.Notebooks;

/// <summary>The exercises of the series by notebook and number: right answers and foreseen mistakes, out of a reader's sight.</summary>
internal static partial class Exercises
{
    private const double HalfInDegrees = 0.5 * 180 / PI;

    private static readonly Dictionary<string, Exercise> All = new(
        [.. Foundations(), .. Comparisons(), .. Margins(), .. Faces()]);

    /// <summary>The ids of all exercises, in order.</summary>
    public static IEnumerable<string> Ids => All.Keys;

    /// <summary>The exercise with this id.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Exercise Find(string id) => All.TryGetValue(id, out Exercise? exercise) ? exercise
        : throw new ArgumentException($"there is no exercise '{id}'; there are {string.Join(", ", All.Keys)}", nameof(id));

    private static Dictionary<string, Exercise> Foundations() => new()
    {
        ["00-1"] = Number(HalfInDegrees, 2e-3,
            (0.5 * PI / 180, "this turns degrees into radians; the other way round is asked"),
            (0.5 * 360 / PI, "a full turn of 360° is 2π radians, not π"),
            (0.5 * 180, "a half turn of 180° is π radians, not 1"),
            (Acos(0.5) * 180 / PI, "this is the angle whose cosine is 0.5; the margin is an angle already"),
            (Cos(0.5) * 180 / PI, "no cosine is needed: the margin is an angle already"),
            (0.5, "this is still in radians")),
        ["00-2"] = AngleOfVectors(),
        ["00-3"] = Number((45 - HalfInDegrees) / 2, 4e-3,
            (22.5, "this is the border without margin"),
            (45 - HalfInDegrees, "the neighbour's angle is not 45°: it shrinks as the sample moves towards it"),
            (22.5 - HalfInDegrees, "moving by 1° brings the neighbour 1° closer as well, so the margin costs only half"),
            ((45 + HalfInDegrees) / 2, "the margin makes it harder for the own class, so the angle must shrink"),
            ((45 - 0.5) / 2, "the margin is 0.5 radians, the rest is in degrees"),
            ((45 - HalfInDegrees) / 2 * PI / 180, "this is in radians")),
        ["01-1"] = Number(Exp(1.5), 1e-3,
            (1.5, "1.5 is what is added to the logit; the odds are multiplied"),
            (Exp(-1.5), "upside down: the odds after, divided by the odds before"),
            (Exp(1.9), "these are the odds afterwards; the factor by which they grew is asked for"),
            (Logistic.Probability(1.9) / Logistic.Probability(0.4), "this is the ratio of the probabilities, not of the odds"),
            (Logistic.Probability(1.9) - Logistic.Probability(0.4), "this is the difference of the probabilities"),
            (Logistic.Probability(1.5), "this is the probability at the logit 1.5"),
            (Pow(2, 1.5), "the logit is a logarithm to the base e, not 2"),
            (Pow(10, 1.5), "the logit is a logarithm to the base e, not 10"),
            (1.9 / 0.4, "this is the ratio of the logits; the odds are e to the power of the logit")),
        ["01-2"] = PenalisedGradient(),
        ["01-3"] = Number(1.0 / 6, 1e-3,
            (5.0 / 6, "this makes the answer 8 rarer; the costly error is to miss an 8"),
            (1.0 / 5, "1 to 5 are the odds at the threshold; turn them into a probability"),
            (4.0 / 5, "this makes the answer 8 rarer, and odds are not probabilities"),
            (5.0, "these are odds, and the wrong way round; a probability is asked for"),
            (0.5, "this is the threshold for equal costs"),
            (0.1, "equal costs divided by five; write down what each answer costs on average and set the two equal"),
            (-Log(5), "this is the logit at the threshold; the probability is asked for")),
        ["02-1"] = Number(5.0 / 8, 1e-3,
            (5, "you stopped at e^z; divide by the sum over the classes"),
            (Log(5) / Log(10), "you divided the logits themselves; take the exponential of each first"),
            (5.0 / 6, "that is the sigmoid of ln 5; it leaves the middle class out"),
            (5.0 / 7, "you left out the first class: e^0 is 1, not 0"),
            (2.0 / 8, "that is the second class")),
        ["02-2"] = Number(2 / Log(2), 1e-3,
            (Log(2) / 2, "that is 1/T: the logits are divided by T, not multiplied"),
            (2, "log base 2: the ratio is e^((4 − 2)/T), so you need the natural logarithm"),
            (4 / Log(2), "you compared the first class with the third"),
            (2 / Log10(2), "log base 10: the ratio is e^((4 − 2)/T), so you need the natural logarithm"),
            (1, "at T = 1 the ratio is e^2, about 7.4")),
        ["02-3"] = Function([-1000, -5, 0, 1, 1000], c => [new[] { c, c + 1, c + 2 }], c => c + Log(1 + E + (E * E)),
            (c => Log(Exp(c) + Exp(c + 1) + Exp(c + 2)), "it is right for small logits only: shift by the maximum before you take exponentials"),
            (c => Log(1 + Exp(-1) + Exp(-2)), "you shifted by the maximum and did not add it back at the end"),
            (c => c + 2, "that is the maximum alone; the other classes add to it"),
            (c => -(c + Log(1 + E + (E * E))), "the sign: no minus stands in front of this logarithm"),
            (c => c + 2 + Log((1 + Exp(-1) + Exp(-2)) / 3), "you averaged over the classes; the denominator is a sum")),
        ["02-4"] = SoftmaxBackward(),
        ["03-1"] = Number(1.5 * Log(2), 1e-3,
            (1.5, "log base 2: that is in bits; a nat is 1/ln 2 bits"),
            (-1.5 * Log(2), "the sign: a logarithm of a probability is negative, a surprise is not"),
            (0.5 * Log(2), "you averaged over the classes; each surprise is weighted with its own probability"),
            (5 * Log(2), "you added the surprises without their weights p"),
            (1.5 * Log10(2), "log base 10: a nat needs the natural logarithm"),
            (Log(3), "that is the entropy of three equally likely classes")),
        ["03-2"] = Number(Exp(-0.5), 1e-3,
            (0.5, "that is the loss itself; it is the mean of −ln p"),
            (Log(2), "you took −ln of the loss; the loss is already −ln of a probability"),
            (Exp(0.5), "the sign: a probability is below one"),
            (1 - Exp(-0.5), "that is what is left to one"),
            (Pow(2, -0.5), "log base 2: the loss is in nats"),
            (Pow(10, -0.5), "log base 10: the loss is in nats")),
        ["03-3"] = Function([0.01, 0.1, 0.3, 0.9], e => Floor(1 - (0.9 * e), e / 10, 9),
            (e => Floor(1 - (0.9 * e), e / 10, 1), "there are nine wrong classes, and each adds a term"),
            (e => Floor(1 - e, e / 10, 9), "the true class gets its share of ε too: t_y = 1 − ε + ε/10"),
            (e => Floor(1 - e, e / 9, 9), "ε is spread over all ten classes, the true one included"),
            (e => -Log(1 - (0.9 * e)), "that is the term of the true class without its weight; the other nine have t > 0 as well"),
            (e => Floor(1 - (0.9 * e), e / 10, 0), "that is the term of the true class alone; the other nine have t > 0 as well"),
            (e => Floor(1 - (0.9 * e), e / 10, 9) / Log(2), "log base 2: the loss is in nats"),
            (e => -Floor(1 - (0.9 * e), e / 10, 9), "the sign: a loss is positive"),
            (e => Floor(1 - (0.9 * e), e / 10, 9) / 10, "you averaged over the classes; the entropy is a sum")),
        ["03-4"] = SmoothedGradient(),
        ["04-1"] = Number(12_545_000, 1e-8,
            (12_544_000, "the biases are missing: one a class"),
            (12_544_001, "each class has a bias of its own"),
            (12_544_000 + 12_544, "a bias belongs to a class, not to a pixel"),
            (12_545, "that is for one class"),
            (113_000, "an image has 112 · 112 pixels")),
        ["04-2"] = Number(0.06, 1e-4,
            (0.25 / 3, "you averaged over the bins; each counts with its share of the predictions"),
            (0.25, "you added the bins up without their shares of the predictions"),
            (0.03, "you let errors of different sign cancel; take the absolute value in each bin"),
            (0.15, "that is the largest of the three: the maximum calibration error"),
            (6, "divide by the number of predictions")),
        ["04-3"] = Word("calibration",
            ("accuracy", "all logits are doubled, so the largest stays the largest"),
            ("both", "all logits are doubled, so the largest stays the largest"),
            ("neither", "doubled logits are softmax at half the temperature: every confidence moves towards 1")),
        ["04-4"] = DescentStep(),
    };

    private static double Floor(double own, double other, int others) => -(own * Log(own)) - (others * other * Log(other));

    // Numbers from −2 to 2 that are the same everywhere.
    private static Answer Draw(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        return Matrix(rows, columns, (_, _) => (4 * random.NextDouble()) - 2);
    }

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);

    private static Answer Softmax(Answer z, int rows, int columns) =>
        Matrix(rows, columns, (i, j) => Exp(z[i, j]) / Sum(columns, k => Exp(z[i, k])));

    private static Answer SoftmaxDown(Answer z, int rows, int columns) =>
        Matrix(rows, columns, (i, j) => Exp(z[i, j]) / Sum(rows, k => Exp(z[k, j])));

    private static Exercise AngleOfVectors()
    {
        Exercise one = Number(Acos(0.3 / Sqrt(5 * 1.15)) * 180 / PI, 1e-6,
            (Acos(0.3) * 180 / PI, "you took arccos of the dot product; divide it by both lengths first"),
            (Acos(0.3 / (5 * 1.15)) * 180 / PI, "you divided by the squared lengths; a length is the root of the sum of squares"),
            (Acos(0.3 / (Sqrt(5) + Sqrt(1.15))) * 180 / PI, "divide by the product of the lengths, not by their sum"),
            (Acos(0.3 / Sqrt(5 * 0.9)) * 180 / PI, "you used two elements; these vectors have three"),
            (Acos(0.3 / Sqrt(5 * 1.15)), "this is in radians"),
            (0.3 / Sqrt(5 * 1.15), "this is the cosine; the angle is its arccos"));
        return one with { Calls = [[new[] { 2.0, 1, 0 }, new[] { -0.3, 0.9, 0.5 }]] };
    }

    // (x [8, 5], labels [8], weight [5], λ) → [5]
    private static Exercise PenalisedGradient()
    {
        const double lambda = 0.3;
        Answer x = Draw(8, 5, 1), w = Draw(1, 5, 2);
        long[] y = [0, 1, 1, 0, 1, 0, 0, 1];
        double Loss(int d) => Sum(8, i => (Logistic.Probability(Sum(5, k => x[i, k] * w[0, k])) - y[i]) * x[i, d]) / 8;
        Answer Of(Func<double, double, double> gradient) => Vector(5, d => gradient(Loss(d), w[0, d]));
        return Tensor([x, y, new Answer(w.Values, [5]), lambda], Of((g, v) => g + (lambda * v)),
            (Of((g, v) => g), "the penalty has a gradient too"),
            (Of((g, v) => g + (2 * lambda * v)), "the derivative of (λ/2)·w² is λw; the 2 cancels the half"),
            (Of((g, v) => g + (lambda / 2 * v)), "the derivative of w² is 2w, and that 2 cancels the half"),
            (Of((g, v) => (8 * g) + (lambda * v)), "you summed over the images; the loss is their mean"),
            (Of((g, v) => g + (lambda * v / 8)), "you divided the penalty by N as well; it stands outside the mean"),
            (Of((g, v) => -g + (lambda * v)), "the error is p − y, not y − p"),
            (Of((g, v) => -g - (lambda * v)), "this is the direction of descent; the gradient has the opposite sign"),
            (Of((g, v) => g - (lambda * v)), "the penalty is added, so its gradient is added too"),
            (Of((g, v) => g + (lambda * Sign(v))), "this is the gradient of a penalty on |w|; here it is on w²"));
    }

    // (p [6, 10], g [6, 10]) → [6, 10]
    private static Exercise SoftmaxBackward()
    {
        Answer p = Softmax(Draw(6, 10, 3), 6, 10), g = Draw(6, 10, 4);
        double Mean(int i) => Sum(10, k => p[i, k] * g[i, k]);
        Answer Of(Func<int, int, double> gradient) => Matrix(6, 10, gradient);
        return Tensor([p, g], Of((i, j) => p[i, j] * (g[i, j] - Mean(i))),
            (Of((i, j) => p[i, j] * g[i, j]), "that is the diagonal's first part; every class also takes from every other: −Σ g_i p_i p_j is missing"),
            (Of((i, j) => p[i, j] * (1 - p[i, j]) * g[i, j]), "that is the diagonal alone, which would do for sigmoids; the other classes are missing"),
            (Of((i, j) => p[i, j] * (g[i, j] - Sum(6, k => p[k, j] * g[k, j]))), "you summed over the samples; sum over the classes, dimension 1"),
            (Of((i, j) => p[i, j] * (g[i, j] - Sum(10, k => g[i, k]))), "the sum must be weighted with the probabilities"),
            (Of((i, j) => g[i, j] - Mean(i)), "one factor p_j is missing in front"));
    }

    // (logits [6, 10], labels [6], ε) → [6, 10]
    private static Exercise SmoothedGradient()
    {
        const double e = 0.2;
        Answer z = Draw(6, 10, 5), p = Softmax(z, 6, 10), down = SoftmaxDown(z, 6, 10);
        long[] y = [3, 0, 9, 3, 5, 1];
        Answer Of(Func<double, double, double> gradient) => Matrix(6, 10, (i, j) => gradient(p[i, j], y[i] == j ? 1 : 0));
        static double Right(double p, double t) => (p - ((1 - e) * t) - (e / 10)) / 6;
        return Tensor([z, y, e], Of(Right),
            (Of((p, t) => -Right(p, t)), "the sign: it is p − t"),
            (Of((p, t) => 6 * Right(p, t)), "the loss is the mean over the batch: divide by the 6 samples"),
            (Of((p, t) => Right(p, t) / 10), "you averaged over the classes as well; divide by the samples alone"),
            (Of((p, t) => (p - t) / 6), "that is the gradient for one-hot labels: smooth the target"),
            (Of((p, t) => (p - ((1 - e) * t)) / 6), "the share ε/C of every class is missing from the target; a target sums to one"),
            (Of((p, t) => (p - ((1 - e) * t) - (e / 9 * (1 - t))) / 6), "ε is spread over all C classes, the true one included"),
            (Of((p, t) => (p - ((1 - e) * t) - e) / 6), "each class gets ε/C, not ε"),
            (Matrix(6, 10, (i, j) => Right(down[i, j], y[i] == j ? 1 : 0)), "your softmax runs over the samples; it must run over the classes, dimension 1"));
    }

    // (x [7, 5], weight [4, 5], labels [7], rate) → [4, 5]
    private static Exercise DescentStep()
    {
        const double rate = 0.5;
        Answer x = Draw(7, 5, 6), w = Draw(4, 5, 7), z = Matrix(7, 4, (i, j) => Sum(5, d => x[i, d] * w[j, d]));
        Answer p = Softmax(z, 7, 4), down = SoftmaxDown(z, 7, 4);
        long[] y = [2, 0, 1, 3, 3, 0, 2];
        double Gradient(Answer p, int j, int d, double label = 1) => Sum(7, i => (p[i, j] - (y[i] == j ? label : 0)) * x[i, d]) / 7;
        Answer Of(Func<double, double, double> step) => Matrix(4, 5, (j, d) => step(w[j, d], Gradient(p, j, d)));
        return Tensor([x, w, y, rate], Of((w, g) => w - (rate * g)),
            (Of((w, g) => w + (rate * g)), "the sign: a step goes against the gradient"),
            (Of((w, g) => w - (7 * rate * g)), "the loss is the mean over the batch: divide by N"),
            (Of((w, g) => w - (rate / 4 * g)), "you averaged over the classes as well; divide by N alone"),
            (Of((w, g) => w - g), "the learning rate is missing"),
            (Of((w, g) => g), "that is the gradient; the step is still to be taken"),
            (Matrix(4, 5, (j, d) => w[j, d] - (rate * Gradient(p, j, d, 0))), "the labels are missing: the error is p − t"),
            (Matrix(4, 5, (j, d) => w[j, d] - (rate * Gradient(down, j, d))), "your softmax runs over the samples; it must run over the classes, dimension 1"),
            (Matrix(5, 4, (d, j) => w[j, d] - (rate * Gradient(p, j, d))), "W has one row a class: [C, D]"));
    }
}
