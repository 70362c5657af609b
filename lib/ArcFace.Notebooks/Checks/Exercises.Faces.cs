using static System.Math;
using static ArcFace.Notebooks.Answer;
using static ArcFace.Notebooks.Exercise;

namespace ArcFace.Notebooks;

internal static partial class Exercises
{
    private const double Gibibyte = 1L << 30;

    private static double StartLoss => Log(1e5 - 1) + 4 + (64 * Sin(0.5));

    private static Dictionary<string, Exercise> Faces() => new()
    {
        ["09-1, plane"] = Number(30, 1e-6,
            (360 / 11.0, "twelve weights on a circle leave twelve gaps, the last one back to the first"),
            (PI / 6, "right, but in radians"),
            (180, "only two can be opposite"),
            (90, "four could be that far apart; these are twelve"),
            (45, "eight could be that far apart; these are twelve"),
            (15, "that is half the gap: from a weight to the border of its class")),
        ["09-1, twelve dimensions"] = Number(Acos(-1.0 / 11) * 180 / PI, 1e-3,
            (90, "perpendicular is not the best: a little more than 90° is possible for all pairs at once"),
            (Acos(-1.0 / 11), "right, but in radians"),
            (Acos(1.0 / 11) * 180 / PI, "the sign: 0 = ‖Σw‖² = 12 + 12·11·cos θ makes the cosine negative"),
            (Acos(-1.0 / 12) * 180 / PI, "each weight has eleven others, not twelve"),
            (30, "that is the plane; there is more room here")),
        ["09-2, log A"] = Word("scale",
            ("start", "the labels are right, so it got started"),
            ("head", "a forgotten head has a high loss and classes that come to their weights: W-EC would be small"),
            ("length", "a head that does not turn is met by its classes: W-EC would be small")),
        ["09-2, log B"] = Word("head",
            ("start", "98.7 % are right, so it got started"),
            ("scale", "the scale does not keep W from moving"),
            ("length", "long rows turn slowly, but they do move")),
        ["09-3, rate"] = Number(51.2, 1e-4,
            (0.1 * Sqrt(512), "the gradient is √512 times as short, and the row √512 times as long: two factors"),
            (0.1 / 512, "longer rows turn more slowly: the rate must be larger"),
            (0.1 / Sqrt(512), "longer rows turn more slowly: the rate must be larger, by two factors"),
            (512, "512 is the factor; times the rate you come from"),
            (0.1, "the same rate turns these rows 512 times more slowly")),
        ["09-3, weight decay"] = Number(0.0005 / 512, 1e-3,
            (0.0005, "decay acts through the rate: 51.2 · 0.0005 would shorten the rows by 2.6 % in every step"),
            (0.0005 / Sqrt(512), "rate times decay must stay what it was"),
            (0.0005 * Sqrt(512), "rate times decay must stay what it was"),
            (0, "without decay the rows grow, and turn ever more slowly"),
            (0.0005 * 512, "rate times decay must stay what it was, and the rate has grown")),
        ["09-4"] = Intra(),
        ["10-1"] = Number(19_600, 1e-7,
            (19_900, "those are all pairs; the genuine ones are among them"),
            (39_200, "you counted each pair twice, (a, b) and (b, a)"),
            (300, "those are the genuine pairs"),
            (1225, "those are pairs of people; every two people make 4 · 4 pairs of pictures"),
            (40_000, "a picture is not compared with itself, nor counted in both orders")),
        ["10-2, TAR"] = Number(0.6, 1e-4,
            (0.2, "that is at a FAR of 0; one impostor of five may pass"),
            (0.8, "your threshold lets two impostors in; it must lie above 0.65"),
            (0.4, "that is the share of genuine pairs refused"),
            (60, "give a share between 0 and 1"),
            (3, "give a share of the five genuine pairs")),
        ["10-2, area"] = Number(0.68, 1e-4,
            (0.32, "that is how often the impostor pair scores higher"),
            (17, "that many of the 25 comparisons are won; give the share"),
            (1, "compare every genuine pair with every impostor pair, 25 comparisons; not the first with the first"),
            (0.5, "that is what scores without any meaning have"),
            (68, "give a share between 0 and 1")),
        ["10-3"] = TrueAcceptRate(),
        ["10-4"] = Word("C",
            ("A", "no picture is in two parts, but every person is: the wrong-on-purpose table shows what that does"),
            ("B", "that is right as it is: a threshold chosen on the test pairs would promise too much"),
            ("D", "count them: if the test holds a third of the pictures, they make more than five million impostor pairs")),
        ["11-1"] = Number(4 * 512e6 * 4 / Gibibyte, 2e-3,
            (3 * 512e6 * 4 / Gibibyte, "that is SGD with momentum; AdamW remembers two numbers a weight"),
            (2 * 512e6 * 4 / Gibibyte, "that is the optimizer's memory alone; add W and its gradient"),
            (512e6 * 4 / Gibibyte, "that is W alone; add its gradient and the optimizer's two"),
            (4 * 512e6 * 4 / 1e9, "that is in units of 10⁹ bytes; a GiB is 2³⁰"),
            (4 * 512e6 * 8 / Gibibyte, "a float32 takes four bytes, not eight")),
        ["11-2"] = Number(StartLoss, 5e-4,
            (StartLoss + Log(1e6 - 1) - Log(1e5 - 1), "the sum runs over the classes that the step sees, a tenth"),
            (StartLoss - 4, "the other cosines are not all zero: their spread adds s²/2D"),
            (StartLoss - (64 * Sin(0.5)), "the target logit has the margin: it is −s·sin m, not 0"),
            (Log(1e5 - 1), "that is the loss of equal logits; the scale and the margin add to it"),
            (StartLoss - (128 * Sin(0.5)), "the margin lowers the target logit and so raises the loss")),
        ["11-3"] = Number(1152, 1e-6,
            (384, "that many give logits as large as W alone; its gradient and its momentum have the same shape"),
            (768, "W, its gradient and its momentum are three"), (1536, "SGD with momentum remembers one number a weight, not two")),
        ["11-4"] = Merge(),
        ["12-1, scale"] = Number(0.35, 1e-4,
            (100 / 35.0, "that enlarges the places to the picture; the picture is to become smaller"),
            (35 / 80.0, "80 is the distance across alone; the eyes are 100 apart"),
            (35 / 140.0, "80 across and 60 down make 100, not 140"),
            (0.35 * 0.35, "that is the factor for areas"),
            (35, "that is the distance wanted; give what lengths are multiplied with")),
        ["12-1, turn"] = Number(-180 / PI * Atan2(60, 80), 1e-3,
            (180 / PI * Atan2(60, 80), "so far the face is turned; alignment turns it back"),
            (-Atan2(60, 80), "right, but in radians"),
            (Atan2(60, 80), "in degrees, and the other way: alignment turns the face back"),
            (-180 / PI * Atan2(80, 60), "that is the angle with the y axis; the places lie side by side, along the x axis"),
            (180 / PI * Atan2(80, 60), "that is the angle with the y axis, and alignment turns back"),
            (0, "the eyes do not lie on a level line: one is 60 pixels lower")),
        ["12-2"] = Number(776, 1e-6,
            (775, "775 people make 299,925 pairs, a few too few"),
            (300_000, "that is the number of pairs; n people make n(n − 1)/2 of them"),
            (600_000, "two pictures for each pair; but each picture is in many pairs"),
            (548, "n² counts each pair twice, and everybody against oneself"),
            (549, "n(n − 1) counts each pair twice"),
            (100, "10⁴ pairs give one false accept, not thirty"),
            (142, "10⁴ pairs give one false accept, not thirty")),
        ["12-3"] = Prepare(),
        ["13-1"] = Number(10.24, 1e-3,
            (2.56, "a float32 takes four bytes"),
            (20.48, "a float32 takes four bytes, not eight"),
            (10.24e9 / Gibibyte, "that is in units of 2³⁰ bytes")),
        ["13-2"] = Number(Round(30 / (1 - Pow(1 - 1e-3, 1e-4))), 5e-3,
            (30 / 1e-3, "that is the rate of the gallery; a single comparison must be much better"),
            (30 / 1e-4, "one in ten thousand lets a stranger pass a gallery of 10,000 with probability 0.63"),
            (1e7, "that many give one false accept; you want thirty")),
        ["13-3, weight"] = FoldedWeight(),
        ["13-3, bias"] = FoldedBias(),
    };

    /// <summary>The length of a row.</summary>
    private static double Norm(Answer x, int i) => Sqrt(Sum((int)x.Shape[1], k => x[i, k] * x[i, k]));

    // Sums over the rows of each class, [classes, columns]; each row times its factor.
    private static Answer Added(Answer x, long[] y, int classes, Func<int, double> factor) => Matrix(
        classes, (int)x.Shape[1], (c, k) => Sum(y.Length, i => y[i] == c ? factor(i) * x[i, k] : 0));

    private static (Answer X, Func<int, double> Unit) Stretched(int seed)
    {
        Answer drawn = Draw(9, 4, seed), x = Matrix(9, 4, (i, k) => (drawn[i, k] + (i / 3 == k ? 3 : 0)) * (i + 1));
        return (x, i => 1 / Norm(x, i));
    }

    // (x [9, 4], labels [9], classes) → []
    private static Exercise Intra()
    {
        long[] y = [0, 0, 0, 0, 1, 1, 2, 2, 2];
        (Answer x, Func<int, double> unit) = Stretched(12);
        double[] To(Answer centers, bool normalised = true) => [.. y.Select((c, i) => 180 / PI * Acos(Clamp(Sum(4, k => x[i, k] * unit(i) * centers[(int)c, k])
            / (normalised ? Norm(centers, (int)c) : 1), -1, 1)))];
        Answer sums = Added(x, y, 3, unit);
        double[] right = To(sums);
        double[] perClass = [.. Enumerable.Range(0, 3).Select(c => right.Where((_, i) => y[i] == c).Average())];
        static Answer One(double value) => new([value], []);
        return Tensor([x, y, 3], One(right.Average()),
            (One(right.Average() * PI / 180), "right, but in radians"),
            (One(To(Added(x, y, 3, _ => 1)).Average()), "you averaged embeddings of different lengths; average their directions"),
            (One(perClass.Average()), "you averaged over the classes; every sample counts the same"),
            (new(right, [9]), "these are the angles of the samples; take the mean"),
            (One(To(sums, normalised: false).Average()), "the center needs length one before its product is a cosine"));
    }

    // (genuine, impostor, rate) → share; scores on a grid of a twentieth, so that many are equal
    private static Exercise TrueAcceptRate()
    {
        var random = new Random(7);
        double[] genuine = [0, .. Enumerable.Range(1, 39).Select(_ => Round(20 * Sqrt(random.NextDouble())) / 20)];
        double[] impostor = [.. Enumerable.Range(0, 40).Select(_ => Round(20 * random.NextDouble()) / 20)];
        double[] thresholds = [.. genuine, .. impostor, double.PositiveInfinity], descending = [.. impostor.OrderDescending()];
        static double Share(double[] scores, double threshold) => scores.Count(s => s >= threshold) / (double)scores.Length;
        double Best(double rate) => thresholds.Where(t => Share(impostor, t) <= rate).Max(t => Share(genuine, t));
        double Kth(double rate) => descending[Math.Min(39, (int)(rate * 40))];
        return Function([0, 0.01, 0.04, 0.1, 0.23, 0.5, 0.77, 1], rate => [genuine, impostor, rate], Best,
            (rate => Share(genuine, Kth(rate)), "where the first refused impostor has equals, or equals your threshold, you accept it too: accept means at least"),
            (rate => genuine.Count(s => s > Kth(rate)) / 40.0, "nearly: at a rate of 1 everybody may pass, and the threshold lies at the lowest score or below"),
            (rate => 1 - Best(rate), "that is the share of genuine pairs refused"),
            (rate => thresholds.Where(t => Share(genuine, t) <= rate).Max(t => Share(impostor, t)), "you exchanged genuine and impostor"),
            (rate => thresholds.Where(t => Share(impostor, t) <= rate).Min(t => Share(genuine, t)), "that is the highest threshold allowed; take the lowest, it accepts the most genuine pairs"));
    }

    // (a [4], b [4]) → [4]
    private static Exercise Merge()
    {
        double[] a = [1, 1000, -1000, 3], b = [2, 1001, -1000, -50];
        Answer Of(Func<double, double, double> merge) => Vector(4, i => merge(a[i], b[i]));
        Exercise exercise = Tensor([new Answer(a, [4]), new Answer(b, [4])], Of((u, v) => Max(u, v) + Log(1 + Exp(-Abs(u - v)))),
            (Of((u, v) => u + v), "sums of logarithms are products; here the sums themselves must be added"),
            (Of(Max), "the greater of the two is near where they differ much, and ln 2 too small where they are equal"),
            (Of((u, v) => (u + v) / 2), "the mean of logarithms is the logarithm of a geometric mean; a sum is asked for"),
            (Of((u, v) => Log(u + v)), "take the exponentials before you add"),
            (Of((u, v) => Log(Exp(u) + Exp(v))), "right in mathematics, but e^1000 is infinite: take the greater one out first"));
        return exercise with { Tolerance = 1e-7 };
    }

    // (pictures [2, 3, 4, 3], blue first, 0 to 255) → [2, 3, 3, 4], red first, −1 to 1
    private static Exercise Prepare()
    {
        const int Pictures = 2, Height = 3, Width = 4;
        var random = new Random(13);
        double[] given = [0, 255, .. Enumerable.Range(2, (Pictures * Height * Width * 3) - 2).Select(_ => (double)random.Next(256))];
        Answer Of(Func<double, double> change, Func<int, int> channel) => new(
            [.. from n in Enumerable.Range(0, Pictures)
                from c in Enumerable.Range(0, 3)
                from y in Enumerable.Range(0, Height)
                from x in Enumerable.Range(0, Width)
                select change(given[(((((n * Height) + y) * Width) + x) * 3) + channel(c)])],
            [Pictures, 3, Height, Width]);
        static double AroundZero(double value) => (value / 127.5) - 1;
        static int RedFirst(int channel) => 2 - channel;
        return Tensor([new Answer(given, [Pictures, Height, Width, 3])], Of(AroundZero, RedFirst),
            (Of(AroundZero, channel => channel), "blue is still first"),
            (Of(value => value / 255, RedFirst), "the values go from 0 to 1; the network takes −1 to 1"),
            (Of(value => value / 255, channel => channel), "blue is still first, and the values go from 0 to 1"),
            (Of(value => value, RedFirst), "the values still go from 0 to 255"),
            (Of(value => (2 * value) - 1, RedFirst), "the division by 255 is missing"),
            (Of(value => (value - 127.5) / 128, RedFirst), "white comes out at 0.996: some networks were trained so, this one wants 1"),
            (new([.. given.Select(AroundZero)], [Pictures, 3, Height, Width]), "view and reshape keep the order of the numbers; permute moves the channels"),
            (new([.. given.Select(AroundZero)], [Pictures, Height, Width, 3]), "the channels are still last"));
    }

    // (A [3, 4], γ [3], σ² [3]) → [3, 4]
    private static Exercise FoldedWeight()
    {
        Answer a = Draw(3, 4, 14);
        double[] slope = [0.5, 1.5, 2], variance = [0.25, 4, 0.04];
        Answer Of(Func<int, double> factor) => Matrix(3, 4, (i, k) => a[i, k] * factor(i));
        return Tensor([a, new Answer(slope, [3]), new Answer(variance, [3])], Of(i => slope[i] / Sqrt(variance[i] + 1e-5)),
            (Of(i => slope[i]), "the division by the standard deviation is missing"),
            (Of(i => 1 / Sqrt(variance[i] + 1e-5)), "the slope γ is missing"),
            (Of(i => slope[i] / Sqrt(variance[i])), "10⁻⁵ is missing under the root"),
            (Of(i => slope[i] / (variance[i] + 1e-5)), "divide by the standard deviation, not by the variance"));
    }

    // (b [3], μ [3], g [3], β [3]) → [3]
    private static Exercise FoldedBias()
    {
        double[] b = [0.3, -1.2, 0.7], mean = [1.1, 0.4, -0.6], g = [1.5, 0.8, -2], offset = [0.2, -0.5, 0.9];
        Answer Of(Func<int, double> element) => Vector(3, element);
        return Tensor([.. new[] { b, mean, g, offset }.Select(vector => new Answer(vector, [3]))], Of(i => ((b[i] - mean[i]) * g[i]) + offset[i]),
            (Of(i => b[i]), "the bias goes through the normalisation too"),
            (Of(i => (b[i] * g[i]) + offset[i]), "the mean is missing"),
            (Of(i => ((b[i] + mean[i]) * g[i]) + offset[i]), "the mean is taken away, not added"),
            (Of(i => (b[i] * g[i]) - mean[i] + offset[i]), "the mean is scaled like the bias"));
    }
}
