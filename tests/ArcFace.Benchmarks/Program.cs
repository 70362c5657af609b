using ArcFace.Benchmarks;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(
        """
        Measures the margin heads and the training loop. Build it optimised:

          dotnet run -c Release --project tests/ArcFace.Benchmarks -- [options]

          (none)            every benchmark below with --filter; some minutes
          --filter GLOB     some of them: *PartialFc*, *TrainingLoop*, *Faces*, *Digits*
          --list flat       their names
          --self-check      whether the device that a training takes (ARCFACE_DEVICE) computes losses, gradients and a short training rightly
          --head            the heads against the three matrix products of a step, taking turns, with freed memory kept;
                            --head --return-memory measures with the C library as it is
          --production      embedding in ONNX Runtime against TorchSharp, and a search in a gallery against a product of its size
          --models          the networks against the same ones of plain TorchSharp layers, taking turns
          --memory          peak resident memory of the heads instead, each in a fresh process (Linux)

        All other options are BenchmarkDotNet's. Reports go to artifacts/benchmarks. Where a GPU is found, --head measures it too, in single
        precision and in bfloat16.
        """);
    return 0;
}

if (args is ["--self-check"])
{
    return SelfCheck.Run();
}

if (args is ["--head", .. var rest])
{
    return HeadReport.Run(keepMemory: !rest.Contains("--return-memory"));
}

if (args is ["--production"])
{
    return ProductionReport.Run();
}

if (args is ["--models"])
{
    return ModelReport.Run();
}

if (args is ["--memory"])
{
    return MemoryReport.Run();
}

if (args is [MemoryReport.Child, ..])
{
    return MemoryReport.Measure(args[1..]);
}

// In this process: a benchmark project that is generated and built elsewhere would not find libtorch. Ten steps, each a measurement.
Job job = Job.Default
    .WithToolchain(new InProcessNoEmitToolchain(TimeSpan.FromMinutes(30), logOutput: true))
    .WithWarmupCount(2)
    .WithIterationCount(10)
    .WithInvocationCount(1)
    .WithUnrollFactor(1);
IConfig config = DefaultConfig.Instance
    .AddJob(job)
    .AddColumn(StatisticColumn.Median)
    .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
string[] chosen = args.Length == 0 ? ["--filter", "*PartialFc*", "*TrainingLoop*", "*Faces*", "*Digits*"] : args;
var summaries = BenchmarkSwitcher.FromAssembly(typeof(PartialFcBenchmarks).Assembly).Run(chosen, config);
return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
