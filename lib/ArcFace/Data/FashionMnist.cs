using static TorchSharp.torch;

namespace ArcFace.Data;

/// <summary>Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28×28 grey levels, ten classes.</summary>
/// <remarks>
/// Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning
/// algorithms", 2017, arXiv:1708.07747, MIT licence. The files are looked for in the folder named by the environment
/// variable ARCFACE_DATA or its sub-folder <c>fashion-mnist</c>, then where Debian's package <c>dataset-fashion-mnist</c>
/// puts them, then in this user's cache, into which they are downloaded once if need be.
/// </remarks>
public static class FashionMnist
{
    private const string SystemFolder = "/usr/share/datasets/fashion-mnist";
    private const string Address = "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/";

    private static readonly string[] Names =
        ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    private static readonly (string Name, string Sha256, long Length)[] Files =
    [
        ("train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880),
        ("train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
        ("t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
        ("t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148),
    ];

    /// <summary>The 60,000 training images.</summary>
    /// <param name="folder">Where the IDX files lie, with or without <c>.gz</c>; if none is given they are looked for.</param>
    /// <returns>Images [60000, 1, 28, 28] from 0 to 1 and their labels.</returns>
    /// <exception cref="FileNotFoundException">A file is not in <paramref name="folder"/>, or nowhere to be found or had.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or images and labels do not fit each other.</exception>
    public static LabeledImages LoadTraining(string? folder = null) => Load(folder, 0);

    /// <summary>The 10,000 test images.</summary>
    /// <inheritdoc cref="LoadTraining"/>
    public static LabeledImages LoadTest(string? folder = null) => Load(folder, 2);

    /// <summary>The file in the first of <paramref name="folders"/> that has it, compressed or not; null if none has.</summary>
    internal static string? Find(string name, params IEnumerable<string?> folders) =>
        folders.OfType<string>()
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, Path.GetFileNameWithoutExtension(name)) })
            .FirstOrDefault(File.Exists);

    /// <summary>Downloads a file into the cache.</summary>
    /// <exception cref="FileNotFoundException">It cannot be had; the message says what else to do.</exception>
    internal static string FetchInto(string cache, HttpClient client, Uri address, string name, string sha256, long maximumLength)
    {
        string path = Path.Combine(cache, name);
        try
        {
            Download.Fetch(client, address, path, sha256, maximumLength);
            return path;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            throw new FileNotFoundException(
                $"{name} of Fashion-MNIST is not on this machine, and cannot be downloaded: {error.Message}. Install Debian's package "
                + "dataset-fashion-mnist, or put the four files into a folder and name it in ARCFACE_DATA; or go on with the digits, "
                + "which need no download",
                name,
                error);
        }
    }

    private static LabeledImages Load(string? folder, int first)
    {
        string imagesPath = Locate(folder, Files[first]), labelsPath = Locate(folder, Files[first + 1]);
        (int[] shape, byte[] pixels) = IdxFile.Read(imagesPath, dimensions: 3);
        (int[] count, byte[] labels) = IdxFile.Read(labelsPath, dimensions: 1);
        if (count[0] != shape[0])
        {
            throw new InvalidDataException($"{labelsPath}: {count[0]} labels for the {shape[0]} images of {imagesPath}");
        }

        int wrong = Array.FindIndex(labels, label => label >= Names.Length);
        if (wrong >= 0)
        {
            throw new InvalidDataException($"{labelsPath}: label {wrong + 1} is {labels[wrong]}, outside 0..{Names.Length - 1}");
        }

        using var scope = NewDisposeScope();
        Tensor images = tensor(pixels, [shape[0], 1, shape[1], shape[2]]).to(ScalarType.Float32).Over(byte.MaxValue);
        return new LabeledImages(images, tensor(labels).to(ScalarType.Int64), Names);
    }

    private static string Locate(string? folder, (string Name, string Sha256, long Length) file)
    {
        if (folder is not null)
        {
            return Find(file.Name, folder)
                ?? throw new FileNotFoundException($"{Path.Combine(folder, file.Name)}: no such file", file.Name);
        }

        string? own = Environment.GetEnvironmentVariable("ARCFACE_DATA") is { Length: > 0 } named ? named : null;
        string cache = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "arcface-notebooks",
            "fashion-mnist");
        string? found = Find(file.Name, own, own is null ? null : Path.Combine(own, "fashion-mnist"), SystemFolder, cache);
        if (found is not null)
        {
            return found;
        }

        using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        return FetchInto(cache, client, new Uri(Address + file.Name), file.Name, file.Sha256, file.Length);
    }
}
