using System.Globalization;
using System.Runtime.InteropServices;
using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>A pass of autograd that finds no memory: an exception that can be caught, or NaN; and with memory again, the right gradient.</summary>
public sealed class OutOfMemoryTests
{
    // The gradient of the weights takes 96 MiB; a pass finds 8 above what the process has, and up to 64 that malloc has reserved for a thread.
    private const int Classes = 3 << 16, Width = 128;
    private const ulong Room = 8 << 20, Unlimited = ulong.MaxValue;

    [Fact]
    public void Backward_without_memory_throws_and_the_process_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the memory is limited by what Linux offers");
        if (OwnProcess.Passed(typeof(OutOfMemoryTests)))
        {
            return;
        }

        foreach (MarginKernel kernel in (MarginKernel[])[MarginKernel.Fused, MarginKernel.Eager])
        {
            var all = new MarginSoftmaxOptions { Kernel = kernel, Scale = 8, WorkspaceBytes = 1 << 20 };
            Fails_without_memory_only($"{kernel}, a second pass", all, leaf: true, passes: 2);
            Fails_without_memory_only($"{kernel}, weights that are a product", all, leaf: false, passes: 1);
            Fails_without_memory_only($"{kernel}, some classes of weights that are a product", all with { SampleRate = 0.1 }, leaf: false, passes: 1);
        }

        // Of torch's own functions, which the eager kernel is made of, autograd.grad of TorchSharp carries no exception.
        Becomes_nan_or_is_right_without_memory(new() { Kernel = MarginKernel.Fused, Scale = 8, WorkspaceBytes = 1 << 20 });
    }

    private static void Fails_without_memory_only(string what, MarginSoftmaxOptions options, bool leaf, int passes)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor loss) = Start(options, leaf);
        for (int pass = 1; pass < passes; pass++)
        {
            loss.backward(retain_graph: true);
        }

        // What another thread gives back at that moment may serve once; not again and again.
        Exception? error = null;
        for (int attempt = 0; error is null && attempt < 5; attempt++)
        {
            ForgetGradients();
            error = WithoutMemory(() => loss.backward(retain_graph: true));
        }

        Assert.True(error is ExternalException, $"{what}: {error?.ToString() ?? "no exception"}");

        ForgetGradients();
        loss.backward(retain_graph: true);
        Tensor dx = x.grad!.clone(), dw = w.grad!.clone();
        ForgetGradients();
        (Tensor freshX, Tensor freshW, Tensor fresh) = Start(options, leaf);
        fresh.backward();
        Assert.True(dx.allclose(freshX.grad!, 1e-5, 1e-9), what);
        Assert.True(dw.allclose(freshW.grad!, 1e-5, 1e-9), what);

        void ForgetGradients() => (x.grad, w.grad) = (null, null);
    }

    private static void Becomes_nan_or_is_right_without_memory(MarginSoftmaxOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor loss) = Start(options, leaf: true);
        foreach (Tensor gradient in autograd.grad([loss], [x, w], retain_graph: true))
        {
            gradient.Dispose();
        }

        IList<Tensor>? gradients = null;
        Assert.Null(WithoutMemory(() => gradients = autograd.grad([loss], [x, w], retain_graph: true)));
        (Tensor freshX, Tensor freshW, Tensor fresh) = Start(options, leaf: true);
        fresh.backward();

        // Memory that the process keeps may serve after all.
        Assert.All(gradients!.Zip([freshX.grad!, freshW.grad!]), pair =>
            Assert.True(pair.First.isnan().all().item<bool>() || pair.First.allclose(pair.Second, 1e-5, 1e-9)));
    }

    private static (Tensor X, Tensor W, Tensor Loss) Start(MarginSoftmaxOptions options, bool leaf)
    {
        random.manual_seed(1);
        Tensor x = randn(4, Width).requires_grad_(true), w = randn(Classes, Width).requires_grad_(true), y = tensor(new long[] { 0, 7, 70, 700 });
        return (x, w, MarginSoftmaxLoss.Evaluate(x, leaf ? w : w.mul(2), y, options));
    }

    private static Exception? WithoutMemory(Action action)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        string line = File.ReadLines("/proc/self/status").Single(text => text.StartsWith("VmSize:", StringComparison.Ordinal));
        ulong size = ulong.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        LimitAddressSpace(size + Room);
        Exception? error = Record.Exception(action);
        LimitAddressSpace(Unlimited);
        return error;
    }

    private static void LimitAddressSpace(ulong bytes)
    {
        const int AddressSpace = 9;
        Assert.Equal(0, setrlimit(AddressSpace, [bytes, Unlimited]));
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setrlimit(int resource, ulong[] limits);
}
