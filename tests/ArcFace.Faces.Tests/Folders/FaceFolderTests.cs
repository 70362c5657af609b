using System.Buffers.Binary;
using ArcFace.Data;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class FaceFolderTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_sub_folder_is_a_person_and_its_pictures_bear_the_person_s_label()
    {
        Write("Bo/b.png", 0.2f);
        Write("Ann/2.png", 0.4f);
        Write("Ann/1.png", 0.6f);
        _folder.Write("pairs.txt", "not looked at"u8);
        _folder.Write("Ann/.hidden", "not looked at"u8);
        var folder = FaceFolder.Open(_folder.Path, new() { Size = 8 });
        Assert.Equal(["Ann", "Bo"], folder.People);
        Assert.Equal(["Ann/1.png", "Ann/2.png", "Bo/b.png"], folder.Pictures.Select(picture => picture.Path));
        Assert.Empty(folder.Skipped);
        using LabeledImages images = folder.Load();
        Assert.Equal([3, 3, 8, 8], images.Images.shape);
        Assert.Equal([0L, 0, 1], images.Labels.data<long>().ToArray());

        // 0.6, 0.4 and 0.2 of 255 are whole numbers, and a resized even picture stays even.
        Assert.Equal([0.6, 0.4, 0.2], images.Images.mean([1L, 2, 3]).data<float>().ToArray().Select(value => Math.Round(value, 4)));
        Assert.True(folder.Load(2).equal(images.Images[2]).all().item<bool>());
    }

    [Fact]
    public void Without_landmarks_the_middle_square_is_taken()
    {
        Tensor picture = zeros(1, 20, 40);
        picture[.., .., 10..30] = tensor(1f);
        picture[.., .., 15..30] = tensor(0.9f);
        _folder.Write("Ann/1.png", default);
        PictureFile.Save(_folder["Ann/1.png"], picture);
        Assert.InRange(FaceFolder.Open(_folder.Path, new() { Size = 20 }).Load(0).min().item<float>(), 0.9f, 1);
    }

    [Fact]
    public void Grey_pictures_are_the_luminance()
    {
        _folder.Write("Ann/1.png", default);
        PictureFile.Save(_folder["Ann/1.png"], cat([cat([ones(1, 8, 4), zeros(1, 8, 4)], 2), zeros(2, 8, 8)]));
        Tensor grey = FaceFolder.Open(_folder.Path, new() { Size = 8, Colour = false }).Load(0);
        Assert.Equal([1, 8, 8], grey.shape);
        Assert.Equal(76 / 255f, grey.max().item<float>(), 1e-6);
    }

    [Fact]
    public void Bad_files_are_skipped_and_reported_or_refused_as_the_caller_chooses()
    {
        Write("Ann/good.png", 0.5f);
        _folder.Write("Ann/empty.jpg", default);
        _folder.Write("Ann/notes.txt", "not a picture"u8);
        _folder.Write("Ann/cut.png", FirstHalf("Ann/good.png"));
        _folder.Write("Ann/huge.png", HugeHeader());
        _folder.Write("Ann/deep/1.png", File.ReadAllBytes(_folder["Ann/good.png"]));
        var folder = FaceFolder.Open(_folder.Path);
        Assert.Equal(["Ann/good.png"], folder.Pictures.Select(picture => picture.Path));
        string[] bad = ["Ann/cut.png", "Ann/deep", "Ann/empty.jpg", "Ann/huge.png", "Ann/notes.txt"];
        Assert.Equal(bad, folder.Skipped.Select(file => file.Path).Order());
        Assert.All(folder.Skipped, file => Assert.Contains(file.Path, file.Reason.Replace('\\', '/')));

        var error = Assert.Throws<InvalidDataException>(() => FaceFolder.Open(_folder.Path, new() { BadFiles = BadFiles.Refuse }));
        Assert.Contains("Ann/", error.Message.Replace('\\', '/'));
    }

    [Fact]
    public void Links_are_not_followed_wherever_they_lead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making a link takes a privilege on Windows");
        using var outside = new TemporaryFolder();
        Write("Ann/good.png", 0.5f);
        outside.Write("secret.png", File.ReadAllBytes(_folder["Ann/good.png"]));
        File.CreateSymbolicLink(_folder["Ann/link.png"], outside["secret.png"]);
        File.CreateSymbolicLink(_folder["beside.png"], outside["secret.png"]);
        Directory.CreateSymbolicLink(_folder["Eve"], outside.Path);
        var folder = FaceFolder.Open(_folder.Path);
        Assert.Equal(["Ann/good.png"], folder.Pictures.Select(picture => picture.Path));
        Assert.Equal(["Ann/link.png", "beside.png", "Eve"], folder.Skipped.Select(file => file.Path).Order(StringComparer.OrdinalIgnoreCase));
        Assert.All(folder.Skipped, file => Assert.Contains("link", file.Reason));
        Assert.Throws<InvalidDataException>(() => FaceFolder.Open(_folder.Path, new() { BadFiles = BadFiles.Refuse }));
    }

    [Fact]
    public void An_unverified_folder_opens_at_once_and_names_a_damaged_file_when_it_is_loaded()
    {
        _folder.Write("Ann/good.png", default);
        PictureFile.Save(_folder["Ann/good.png"], rand(3, 30, 30));
        _folder.Write("Ann/cut.png", FirstHalf("Ann/good.png"));
        var folder = FaceFolder.Open(_folder.Path, new() { Verify = false });
        Assert.Equal(2, folder.Pictures.Count);
        Assert.Contains("cut.png", Assert.Throws<InvalidDataException>(folder.Load).Message);
    }

    [Fact]
    public void People_with_too_few_pictures_are_left_out()
    {
        Write("Ann/1.png", 0.5f);
        Write("Ann/2.png", 0.5f);
        Write("Bo/1.png", 0.5f);
        var folder = FaceFolder.Open(_folder.Path, new() { MinimumPicturesPerPerson = 2 });
        Assert.Equal(["Ann"], folder.People);
        Assert.Equal(["Ann/1.png", "Ann/2.png"], folder.Pictures.Select(picture => picture.Path));
        SkippedFile skipped = Assert.Single(folder.Skipped);
        Assert.Equal("Bo/1.png", skipped.Path);
        Assert.Contains("'Bo' has 1 pictures", skipped.Reason);
        string message = Assert.Throws<InvalidDataException>(() => FaceFolder.Open(_folder.Path, new() { MinimumPicturesPerPerson = 3 })).Message;
        Assert.Contains("fewer than 3 are left out", message);
        Assert.DoesNotContain("no picture", message);
    }

    [Fact]
    public void What_is_no_face_folder_is_told_so()
    {
        Assert.Throws<DirectoryNotFoundException>(() => FaceFolder.Open(_folder["none"]));
        Assert.Contains("sub-folder", Assert.Throws<InvalidDataException>(() => FaceFolder.Open(_folder.Path)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => FaceFolder.Open(_folder.Path, new() { Size = 0 }));
        Assert.Throws<FileNotFoundException>(() => FaceFolder.Open(_folder.Path, new() { LandmarksFile = "none.txt" }));
    }

    [Theory]
    [InlineData("Ann/1.png\t1\t2\t3")]
    [InlineData("Ann/1.png\t1\t2\t3\t4\t5\t6\t7\t8\t9\tnan")]
    [InlineData("Ann/1.png\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1")]
    [InlineData("Ann/1.png\t1\t2\t3\t4\t5\t6\t7\t8\t9\t1e30")]
    public void Landmarks_that_are_none_are_told_with_their_line(string line)
    {
        Write("Ann/1.png", 0.5f);
        File.WriteAllLines(_folder["landmarks.txt"], ["", line]);
        Assert.Contains("line 2", Assert.Throws<InvalidDataException>(() => FaceFolder.Open(_folder.Path)).Message);
    }

    [Fact]
    public void Where_there_are_landmarks_a_picture_without_is_a_bad_file()
    {
        Write("Ann/1.png", 0.5f);
        Write("Ann/2.png", 0.5f);
        File.WriteAllText(_folder["landmarks.txt"], "Ann/1.png\t1\t1\t6\t1\t4\t3\t2\t6\t5\t6\n");
        var folder = FaceFolder.Open(_folder.Path);
        Assert.Equal("Ann/2.png", Assert.Single(folder.Skipped).Path);
        Assert.NotNull(Assert.Single(folder.Pictures).Landmarks);
    }

    [Fact]
    public void Batches_decoded_ahead_are_those_of_the_loaded_folder()
    {
        for (int i = 0; i < 7; i++)
        {
            Write($"{(i < 4 ? "Ann" : "Bo")}/{i}.png", i / 10f);
        }

        var folder = FaceFolder.Open(_folder.Path, new() { Size = 8 });
        using LabeledImages images = folder.Load();
        var ahead = new FolderBatches(folder, batchSize: 3, seed: 5, ahead: 2);
        var loaded = new ShuffledBatches(images, batchSize: 3, seed: 5);
        Assert.Equal(3, ahead.BatchesPerEpoch);
        foreach ((Batch one, Batch other) in ahead.Epoch(2, first: 1).Zip(loaded.Epoch(2, first: 1)))
        {
            Assert.True(one.Samples.equal(other.Samples).all().item<bool>());
            Assert.True(one.Labels.equal(other.Labels).all().item<bool>());
        }
    }

    [Fact]
    public void Too_small_and_blank_pictures_and_files_beside_the_people_are_left_out_with_the_reason()
    {
        Write("Ann/good.png", 0.5f);
        Save("Ann/one.png", rand(3, 1, 1));
        Save("Ann/narrow.png", rand(3, 30, 7));
        Save("Ann/grey.png", full([3, 20, 20], 0.5f));
        Save("Ann/nearly.png", full([3, 20, 20], 0.5f) + (rand(3, 20, 20) / 255));
        Save("loose.png", rand(3, 20, 20));
        _folder.Write("notes.txt", "about these people"u8);
        foreach (bool verify in new[] { true, false })
        {
            var folder = FaceFolder.Open(_folder.Path, new() { Verify = verify });
            Dictionary<string, string> reasons = folder.Skipped.ToDictionary(file => file.Path, file => file.Reason);
            Assert.Contains("1×1 pixels, and either side must have 8", reasons["Ann/one.png"]);
            Assert.Contains("7×30 pixels", reasons["Ann/narrow.png"]);
            Assert.Contains("beside the folders of the people", reasons["loose.png"]);
            Assert.Contains("beside the folders of the people", reasons["notes.txt"]);
            Assert.Equal(verify ? 6 : 4, reasons.Count);
            if (verify)
            {
                Assert.Contains("blank", reasons["Ann/grey.png"]);
                Assert.Contains("blank", reasons["Ann/nearly.png"]);
                Assert.Equal("Ann/good.png", Assert.Single(folder.Pictures).Path);
            }
            else
            {
                Assert.Contains("blank", Assert.Throws<InvalidDataException>(folder.Load).Message);
            }
        }

        Assert.Equal(5, FaceFolder.Open(_folder.Path, new() { MinimumSide = 1, Verify = false }).Pictures.Count);
        Assert.Throws<InvalidDataException>(() => FaceFolder.Open(_folder.Path, new() { BadFiles = BadFiles.Refuse }));
    }

    [Fact]
    public void A_folder_of_loose_pictures_is_told_what_it_lacks()
    {
        Save("loose.png", rand(3, 20, 20));
        string message = Assert.Throws<InvalidDataException>(() => FaceFolder.Open(_folder.Path)).Message;
        Assert.Contains("sub-folder", message);
        Assert.Contains("'loose.png' lies beside", message);
    }

    [Fact]
    public void A_picture_is_decoded_once_as_far_as_the_kept_bytes_reach()
    {
        Save("Ann/1.png", rand(3, 20, 20));
        Save("Ann/2.png", rand(3, 20, 20));
        Save("Bo/1.png", rand(3, 20, 20));
        const int length = 3 * 16 * 16;
        var folder = FaceFolder.Open(_folder.Path, new() { Size = 16, KeptBytes = (2 * length) + 1 });
        using LabeledImages all = folder.Load();
        Array.ForEach(Directory.GetFiles(_folder.Path, "*.png", SearchOption.AllDirectories), File.Delete);
        Assert.True(folder.Load(0).equal(all.Images[0]).all().item<bool>());
        Assert.True(folder.Load(1).equal(all.Images[1]).all().item<bool>());
        Assert.Throws<FileNotFoundException>(() => folder.Load(2));
    }

    [Fact]
    public void A_run_may_be_resumed_with_another_cache_but_not_with_another_size()
    {
        Save("Ann/1.png", rand(3, 20, 20));
        Assert.Equal(Settings(new() { Size = 16 }), Settings(new() { Size = 16, KeptBytes = 0 }));
        Assert.NotEqual(Settings(new() { Size = 16 }), Settings(new() { Size = 17 }));

        SortedDictionary<string, string> Settings(FaceFolderOptions options) => RunSettings.Of(
            nn.Identity(), null, (_, _) => zeros(1), new(), new FolderBatches(FaceFolder.Open(_folder.Path, options), batchSize: 1, seed: 0));
    }

    private void Save(string name, Tensor picture)
    {
        _folder.Write(name, default);
        PictureFile.Save(_folder[name], picture);
    }

    private byte[] FirstHalf(string name)
    {
        byte[] whole = File.ReadAllBytes(_folder[name]);
        return whole[..(whole.Length / 2)];
    }

    private void Write(string name, float brightness)
    {
        _folder.Write(name, default);

        // The left half is lighter, by as much as the right one is darker: a picture of one colour is no picture of a face.
        Tensor light = full([3, 10, 5], 20 / 255f);
        PictureFile.Save(_folder[name], cat([brightness + light, brightness - light], 2));
    }

    /// <summary>The beginning of a PNG of 100,000 × 100,000 pixels, with its header's checksum.</summary>
    private static byte[] HugeHeader()
    {
        byte[] size = [0, 1, 0x86, 0xA0];
        byte[] png = [0x89, .. "PNG\r\n\x1A\n"u8, 0, 0, 0, 13, .. "IHDR"u8, .. size, .. size, 8, 2, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), PngChecksum.Of(png.AsSpan(12, 17)));
        return png;
    }
}
