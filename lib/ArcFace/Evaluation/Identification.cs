using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ArcFace.Evaluation;

/// <summary>Identification: who of the people in the gallery is it, if any?</summary>
/// <remarks>A person's template is the mean of the directions of their gallery pictures, normalised. Scores are cosines between probe and
/// template, in float64; what differs by less than 2⁻⁴⁰ is equal. A probe's rank is the number of persons who score at least as high as the
/// right one, that one included: among equal scores the right person comes last.</remarks>
public static class Identification
{
    /// <summary>Compares every probe with every person of the gallery, in blocks.</summary>
    /// <param name="gallery">Embeddings of the people enrolled, one or several pictures each, [G, D], not necessarily normalised.</param>
    /// <param name="galleryLabels">The person on each, whole numbers, [G].</param>
    /// <param name="probes">Embeddings to be identified, [P, D].</param>
    /// <param name="probeLabels">The person on each, whole numbers, [P]. Probes of people who are not in the gallery measure false alarms,
    /// and count in no rank.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, an embedding is not finite or has length zero, a person's pictures
    /// cancel out, no probe is of a person in the gallery, or there is only one person to tell apart.</exception>
    public static IdentificationReport Evaluate(Tensor gallery, Tensor galleryLabels, Tensor probes, Tensor probeLabels)
    {
        Guard.RequireRows(gallery, probes);
        long[] enrolled = Guard.Labels(galleryLabels, gallery.shape[0]);
        long[] probed = Guard.Labels(probeLabels, probes.shape[0]);
        long[] persons = [.. enrolled.Distinct().Order()];
        int[] personOfProbe = Array.ConvertAll(probed, label => Array.BinarySearch(persons, label));
        ArgumentException.ThrowIf(!personOfProbe.Any(person => person >= 0),
            "No probe is of a person in the gallery: there is nobody to identify.", nameof(probeLabels));
        ArgumentException.ThrowIf(persons.Length == 1 && personOfProbe.All(person => person >= 0),
            $"The gallery and all probes are of person {persons[0]}: every answer is right. Add people.", nameof(galleryLabels));
        using var scope = NewDisposeScope();
        int[] personOfPicture = Array.ConvertAll(enrolled, label => Array.BinarySearch(persons, label));
        Tensor templates = WrappedTensorDisposeScope(
            () => Directions.Centers(Directions.Of(gallery), personOfPicture, persons, nameof(gallery)));
        List<int> ranks = [];
        List<double> scores = [], alarms = [];
        foreach ((long from, long to) in Directions.Blocks(probes.shape[0], Math.Max(persons.Length, probes.shape[1])))
        {
            using var block = NewDisposeScope();
            Tensor unit = Directions.Of(probes, from, to, nameof(probes)).to(templates.device);
            Tensor cosines = Directions.Cosines(unit, templates);
            for (long probe = from; probe < to; probe++)
            {
                ReadOnlySpan<double> row = Directions.Values(cosines).Slice((int)(probe - from) * persons.Length, persons.Length);
                int person = personOfProbe[probe];
                if (person < 0)
                {
                    alarms.Add(Directions.OnGrid(TensorPrimitives.Max(row)));
                    continue;
                }

                int rank = 0;
                foreach (double score in row)
                {
                    rank += score >= row[person] - Directions.Grid ? 1 : 0;
                }

                ranks.Add(rank);
                scores.Add(Directions.OnGrid(row[person]));
            }
        }

        return new([.. ranks], [.. scores], [.. alarms], persons.Length, enrolled.Length);
    }
}
