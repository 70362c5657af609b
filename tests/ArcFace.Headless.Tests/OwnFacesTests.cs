namespace ArcFace.Headless.Tests;

/// <summary>Notebook 12 on a reader's own folder and weights, and on those that cannot serve.</summary>
[Collection(nameof(EveryNotebook))]
public sealed class OwnFacesTests : IDisposable
{
    // Pictures as they may come: no landmarks, no pairs, one file that is none; and a network that learnt nothing.
    private const string Maker = """
        using (var faces = new SyntheticFaces(new() { Size = 64, Difficulty = 0.2 }))
        {
            SyntheticFaceFolder.Write(faces, "many", people: 9, picturesPerPerson: 3, folds: 2, pairsPerKind: 2);
            SyntheticFaceFolder.Write(faces, "one", people: 2, picturesPerPerson: 2, folds: 1, pairsPerKind: 1);
        }

        foreach (string folder in new[] { "many", "one" })
        {
            File.Delete(Path.Combine(folder, "landmarks.txt"));
            File.Delete(Path.Combine(folder, "pairs.txt"));
        }

        File.WriteAllText("many/Person_0001/notes.jpg", "no picture");
        Directory.Delete("one/Person_0001", recursive: true);
        Directory.CreateDirectory("empty");
        File.WriteAllText("nonsense.safetensors", "nonsense");
        using (var network = new MobileFaceNet(64))
        {
            Weights.Save("mobile.safetensors", network);
        }
        """;

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_readers_folder_and_weights_run_through_without_a_network_being_trained()
    {
        await MakeAsync();
        NotebookResult result = await RunAsync("many", "mobile.safetensors");

        Assert.Empty(result.FailedCells.Select(cell => cell.DescribeFailure()));
        Assert.Equal(result.CellCount, result.Cells.Count);
        string output = string.Concat(result.Cells.Select(cell => cell.Output));
        Assert.Contains("your folder", output, StringComparison.Ordinal);
        Assert.Contains("27 pictures of 9 people, 0 with landmarks", output, StringComparison.Ordinal);
        Assert.Contains("notes.jpg", output, StringComparison.Ordinal);
        Assert.Contains("no pairs.txt", output, StringComparison.Ordinal);
        Assert.Contains("cannot be measured", output, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch", output, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_serve_stops_the_notebook_with_one_message()
    {
        await MakeAsync();
        foreach ((string faces, string? weights, string message) in new[]
        {
            ("one", null, "has 1 people with two pictures or more, and 8 are needed"),
            ("empty", null, "has nothing to take"),
            ("nowhere", null, "is no folder"),
            ("many", "nonsense.safetensors", "nonsense.safetensors"),
        })
        {
            NotebookResult result = await RunAsync(faces, weights);

            Assert.Equal(NotebookOutcome.Failed, result.Outcome);
            CellResult failed = Assert.Single(result.FailedCells);
            Assert.Same(result.Cells[^1], failed);
            Assert.Equal(4, failed.Cell);
            Assert.Contains(message, failed.Failure!.Message, StringComparison.Ordinal);
            Assert.Contains(weights is null ? "ARCFACE_FACES" : "ARCFACE_WEIGHTS", failed.Failure.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        Set(null, null);
        _folder.Dispose();
    }

    private static void Set(string? faces, string? weights)
    {
        Environment.SetEnvironmentVariable("ARCFACE_FACES", faces);
        Environment.SetEnvironmentVariable("ARCFACE_WEIGHTS", weights);
    }

    private async Task MakeAsync()
    {
        string path = _folder.WriteNotebook(
            $"#!import {Path.Combine(EveryNotebook.Folder, "setup.dib")}",
            "using System.IO;\nusing ArcFace.Interchange;\nusing ArcFace.Models;\nusing ArcFace.Notebooks;\nusing ArcFace.Notebooks.Lessons;\n"
                + "Session session = Session.Start(seed: 1, threads: 1);",
            Maker);
        NotebookResult made = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(made.FailedCells.Select(cell => cell.DescribeFailure()));
    }

    private async Task<NotebookResult> RunAsync(string faces, string? weights)
    {
        Set(_folder.At(faces), weights is null ? null : _folder.At(weights));
        return await NotebookRunner.RunAsync(
            Path.Combine(EveryNotebook.Folder, "12-your-own-faces.ipynb"), cancellation: TestContext.Current.CancellationToken);
    }
}
