using ArcFace.Faces.Folders;
using ArcFace.Notebooks.Lessons;
using TorchSharp;

namespace ArcFace.Notebooks.Tests;

[Collection(TensorCounts.Name)]
public sealed class SyntheticFaceFolderTests
{
    [Fact]
    public void A_folder_of_synthetic_faces_has_pictures_landmarks_and_pairs()
    {
        using var faces = new SyntheticFaces(new() { Size = 40, Difficulty = 0.2 });
        using var temporary = new TemporaryFolder();
        string path = temporary["faces"];
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        SyntheticFaceFolder.Write(faces, path, people: 4, picturesPerPerson: 3, folds: 2, pairsPerKind: 5);
        var folder = FaceFolder.Open(path, new() { Size = 32, BadFiles = BadFiles.Refuse });
        using (folder.Load())
        {
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(["Person_0000", "Person_0001", "Person_0002", "Person_0003"], folder.People);
        Assert.Equal(12, folder.Pictures.Count(picture => picture.Landmarks is not null));
        var pairs = FacePairs.Read(Path.Combine(path, "pairs.txt")).IndicesIn(folder);
        Assert.Equal(20, pairs.Left.Count);
        int Label(long place) => folder.Pictures[(int)place].Label;
        Assert.Equal(pairs.Same, pairs.Left.Zip(pairs.Right, (left, right) => Label(left) == Label(right)));
        Assert.Throws<IOException>(() => SyntheticFaceFolder.Write(faces, path, 4, 3, 2, 5));
    }
}
