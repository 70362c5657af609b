namespace ArcFace.Headless.Tests;

/// <summary>Notebook 12 on a reader's own folder and weights, and on those that cannot serve.</summary>
public sealed class OwnFacesTests(OwnFacesTests.Made made) : IClassFixture<OwnFacesTests.Made>
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
        File.WriteAllText("nonsense.safetensors", "nonsense");
        using (var network = new MobileFaceNet(64))
        {
            Weights.Save("mobile.safetensors", network);
        }
        """;

    [Fact]
    public async Task A_readers_folder_and_weights_run_through_without_a_network_being_trained()
    {
        (int code, string log, NotebookDocument executed) = await RunAsync("many", "mobile.safetensors");

        Assert.True(code == ExitCode.Passed, log);
        string output = string.Concat(executed.Cells.Where(cell => cell.IsCode).Select(cell => executed.Stream(cell.Position)));
        Assert.Contains("your folder", output, StringComparison.Ordinal);
        Assert.Contains("27 pictures of 9 people, 0 with landmarks", output, StringComparison.Ordinal);
        Assert.Contains("notes.jpg", output, StringComparison.Ordinal);
        Assert.Contains("no pairs.txt", output, StringComparison.Ordinal);
        Assert.Contains("cannot be measured", output, StringComparison.Ordinal);
        Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch", output, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one", null, "has 1 people with two pictures or more, and 8 are needed")]
    [InlineData("many", "nonsense.safetensors", "nonsense.safetensors")]
    public async Task What_cannot_serve_stops_the_notebook_with_one_message(string faces, string? weights, string message)
    {
        (int code, string log, NotebookDocument executed) = await RunAsync(faces, weights);

        Assert.True(code == ExitCode.Failed, log);
        NotebookCell[] run = [.. executed.Cells.Where(cell => cell.IsCode && cell.Json["execution_count"] is not null)];
        NotebookCell failed = Assert.Single(run, cell => Error(executed, cell) is not null);
        Assert.Same(run[^1], failed);
        Assert.Equal(4, (int?)failed.Json["execution_count"]);
        Assert.Contains(message, Error(executed, failed), StringComparison.Ordinal);
        Assert.Contains(weights is null ? "ARCFACE_FACES" : "ARCFACE_WEIGHTS", Error(executed, failed), StringComparison.Ordinal);
    }

    private static string? Error(NotebookDocument executed, NotebookCell cell) =>
        (string?)executed.Outputs(cell.Position).SingleOrDefault(output => (string?)output!["output_type"] == "error")?["evalue"];

    private async Task<(int Code, string Log, NotebookDocument Executed)> RunAsync(string faces, string? weights)
    {
        TestFolder folder = made.Folder;
        string name = "12-your-own-faces.ipynb", output = folder.At($"out-{Guid.NewGuid():N}");
        Dictionary<string, string> environment = new()
        {
            ["ARCFACE_FACES"] = folder.At(faces),
            ["ARCFACE_WEIGHTS"] = weights is null ? "" : folder.At(weights),
            ["OMP_WAIT_POLICY"] = "passive", // it computes on every core, beside other tests
        };
        (int code, string log, _) = await HostProcess.RunWithAsync(folder, environment, "run", Path.Combine(EveryNotebook.Folder, name), "--output", output);
        return (code, log, NotebookDocument.Load(Path.Combine(output, name)));
    }

    /// <summary>What the tests run on, made once.</summary>
    public sealed class Made : IAsyncLifetime
    {
        internal TestFolder Folder { get; } = new();

        public async ValueTask InitializeAsync()
        {
            string path = Folder.WriteNotebook(
                $"#!import {Path.Combine(EveryNotebook.Folder, "setup.dib")}",
                "using System.IO;\nusing ArcFace.Interchange;\nusing ArcFace.Models;\nusing ArcFace.Notebooks;\nusing ArcFace.Notebooks.Lessons;\n"
                    + "Session session = Session.Start(seed: 1, threads: 1);",
                Maker);
            NotebookResult result = await NotebookRunner.RunAsync(path, cancellation: TestContext.Current.CancellationToken);
            Assert.Empty(result.FailedCells.Select(cell => cell.DescribeFailure()));
        }

        public ValueTask DisposeAsync()
        {
            Folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
