using ArcFace.Evaluation;

namespace ArcFace.Faces.Folders;

/// <summary>Verification of pairs as a folder gives them.</summary>
public static class FolderVerification
{
    extension(Verification)
    {
        /// <summary>Evaluates the pairs of a folder, in their folds.</summary>
        /// <param name="embeddings">The embedding of each of <see cref="FaceFolder.Pictures"/>, in their order, [N, D].</param>
        /// <param name="pairs">What <see cref="FacePairs.IndicesIn"/> found.</param>
        /// <exception cref="ArgumentException">There are not as many embeddings as the pairs name, one is not finite or has length zero,
        /// genuine or impostor pairs are missing, or all pairs are in one fold.</exception>
        public static VerificationReport Evaluate(Tensor embeddings, FacePairIndices pairs)
        {
            ArgumentNullException.ThrowIfNull(embeddings);
            ArgumentNullException.ThrowIfNull(pairs);
            long last = pairs.Left.Concat(pairs.Right).DefaultIfEmpty(-1).Max();
            ArgumentException.ThrowIf(embeddings.dim() != 2 || last < 0 || last >= embeddings.shape[0],
                $"the embeddings are {Guard.Shape(embeddings)} and the pairs name picture {last}: give one row for each picture of the folder",
                nameof(embeddings));
            using var scope = NewDisposeScope();
            Tensor Rows(IReadOnlyList<long> indices) => embeddings.index_select(0, tensor(indices.ToArray()).to(embeddings.device));
            return Verification.Evaluate(Rows(pairs.Left), Rows(pairs.Right), tensor(pairs.Same.ToArray()), tensor(pairs.Fold.ToArray()));
        }
    }
}
