using System.Runtime.InteropServices;
using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>What every loss owes to autograd, however it is asked: the right gradient or an exception that can be caught, and no tensor left.</summary>
[Collection(TensorCounts.Name)]
public sealed class AutogradContractTests
{
    public static TheoryData<string> All() => [.. LossCase.All.Keys];

    // Differences would leave the simplex.
    public static TheoryData<string> OfAnyNumbers() => [.. LossCase.All.Keys.Where(name => name is not ("entropy" or "divergence"))];

    public static TheoryData<string, ScalarType> Narrow() =>
        new MatrixTheoryData<string, ScalarType>(
            LossCase.All.Keys.Where(name => name is not ("entropy" or "divergence" or "logits")), [ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float32]);

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_changed_in_place_after_the_loss_does_not_count(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] expected = one.Gradients(), inputs = one.Leaves(), constants = one.Constants();
        Tensor loss = one.Loss(inputs, constants);
        using (no_grad())
        {
            Array.ForEach([.. inputs, .. constants], input => input.mul_(0));
        }

        loss.backward();
        LossCase.AssertEqual(expected, [.. inputs.Select(input => input.grad)]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Gradients_asked_for_by_themselves_are_those_of_backward(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] expected = one.Gradients(), inputs = one.Leaves();
        LossCase.AssertEqual(expected, autograd.grad([one.Loss(inputs, one.Constants())], inputs));
        for (int i = 0; i < inputs.Length; i++)
        {
            LossCase.AssertEqual([expected[i]], autograd.grad([one.Loss(inputs, one.Constants())], [inputs[i]]));
            Tensor[] alone = [.. one.Inputs.Select((input, index) => index == i ? input.clone().requires_grad_() : input.clone())];
            one.Loss(alone, one.Constants()).backward();
            LossCase.AssertEqual([expected[i]], [alone[i].grad]);
        }

        LossCase.AssertEqual([.. expected.Select(gradient => gradient * 3)], autograd.grad([one.Loss(inputs, one.Constants())], inputs, [tensor(3.0)]));
        Assert.All(inputs, input => Assert.Null(input.grad));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_second_backward_adds_the_same_or_throws_where_the_graph_was_not_kept(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] expected = one.Gradients(), inputs = one.Leaves();
        Tensor loss = one.Loss(inputs, one.Constants());
        loss.backward(retain_graph: true);
        loss.backward(retain_graph: true);
        loss.backward();
        LossCase.AssertEqual([.. expected.Select(gradient => gradient * 3)], [.. inputs.Select(input => input.grad)]);

        // Torch frees what it has kept, and throws; what keeps nothing, or computes anew, adds the same once more.
        Exception? error = Record.Exception(() => loss.backward());
        Assert.True(error is null or ExternalException, $"{error}");
        LossCase.AssertEqual([.. expected.Select(gradient => gradient * (error is null ? 4 : 3))], [.. inputs.Select(input => input.grad)]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_change_in_place_between_two_passes_does_not_count_or_is_told(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] expected = one.Gradients(), inputs = one.Leaves(), constants = one.Constants();
        Tensor loss = one.Loss(inputs, constants);
        loss.backward(retain_graph: true);
        using (no_grad())
        {
            Array.ForEach([.. inputs, .. constants], input => input.mul_(0));
        }

        Exception? error = Record.Exception(() => loss.backward(retain_graph: true));
        Assert.True(error is null or ExternalException, $"{error}");
        LossCase.AssertEqual([.. expected.Select(gradient => gradient * (error is null ? 2 : 1))], [.. inputs.Select(input => input.grad)]);
        IList<Tensor> asked = autograd.grad([loss], inputs, retain_graph: true);
        if (error is null)
        {
            LossCase.AssertEqual(expected, asked);
        }
        else
        {
            Assert.All(asked, gradient => Assert.True(gradient.isnan().all().item<bool>()));
        }
    }

    [Theory]
    [MemberData(nameof(OfAnyNumbers))]
    public void A_gradient_can_be_differentiated_once_more(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] directions = [.. one.Inputs.Select((input, i) => Draw.Normal(10 + i, input.shape))];
        Tensor Slope(Tensor[] leaves)
        {
            using IDisposable mode = enable_grad();
            Tensor[] own = [.. leaves.Select(leaf => leaf.requires_grad ? leaf : leaf.detach().clone().requires_grad_())];
            IList<Tensor> gradients = autograd.grad([one.Loss(own, one.Constants())], own, retain_graph: true, create_graph: true);
            return gradients.Zip(directions, (gradient, direction) => (gradient.Dense() * direction).sum()).Aggregate((a, b) => a + b);
        }

        Tensor[] inputs = one.Leaves();
        Tensor slope = Slope(inputs);
        if (name is "inter" or "angles" or "pairwise distances")
        {
            // libtorch differentiates the distances of all pairs once only, and says so.
            Assert.Contains("not implemented", Assert.Throws<ExternalException>(() => slope.backward()).Message);
            return;
        }

        slope.backward();
        Tensor[] differences = Gradient.ByDifferences(leaves => Slope(leaves).detach(), one.Inputs, 1e-5);
        LossCase.AssertEqual(differences, [.. inputs.Select(input => input.grad)], 1e-6);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Without_recording_or_on_detached_inputs_the_value_is_the_same_and_has_no_history(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] inputs = one.Leaves();
        Tensor recorded = one.Loss(inputs, one.Constants()), detached = one.Loss([.. inputs.Select(input => input.detach())], one.Constants());
        using IDisposable mode = no_grad();
        Tensor unrecorded = one.Loss(inputs, one.Constants());
        Assert.All([detached, unrecorded], loss => Assert.False(loss.requires_grad));
        Assert.All([detached, unrecorded], loss => Assert.Equal(recorded.item<double>(), loss.item<double>()));
        Assert.Throws<ExternalException>(() => detached.backward());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Inputs_that_come_from_elsewhere_pass_their_gradients_on(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] expected = one.Gradients(), inputs = [.. one.Inputs.Select(input => (input / 4).requires_grad_())];
        one.Loss([.. inputs.Select(input => input * 4)], one.Constants()).backward();
        LossCase.AssertEqual([.. expected.Select(gradient => gradient * 4)], [.. inputs.Select(input => input.grad)]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Threads_do_not_disturb_each_other(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] expected = one.Gradients();
        Parallel.For(0, name.StartsWith("partial", StringComparison.Ordinal) ? 1 : 8, _ =>
        {
            for (int i = 0; i < 5; i++)
            {
                using DisposeScope own = NewDisposeScope();
                LossCase.AssertEqual(expected, one.Gradients());
            }
        });
    }

    [Theory]
    [MemberData(nameof(Narrow))]
    public void Every_type_that_a_module_can_be_moved_to_has_the_gradients_of_its_own_numbers(string name, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        LossCase one = LossCase.All[name];
        Tensor[] narrow = [.. one.Inputs.Select(input => input.to(type).requires_grad_())];
        Tensor[] wide = [.. narrow.Select(input => input.detach().to(ScalarType.Float64).requires_grad_())];
        Tensor loss = one.Loss(narrow, one.Constants()), exact = one.Loss(wide, one.Constants());
        loss.backward();
        exact.backward();
        double rounding = type switch { ScalarType.Float16 => 2e-3, ScalarType.BFloat16 => 2e-2, _ => 1e-5 };
        Assert.Equal(exact.item<double>(), loss.to(ScalarType.Float64).item<double>(), rounding * (1 + Math.Abs(exact.item<double>())));
        Assert.All(narrow, input => Assert.Equal(type, input.grad!.dtype));
        LossCase.AssertEqual([.. wide.Select(input => input.grad!.Dense())], [.. narrow.Select(input => input.grad)], rounding);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void No_way_of_asking_leaves_a_tensor(string name)
    {
        LossCase one = LossCase.All[name];
        Action<Tensor, Tensor[]>[] ways =
        [
            (_, _) => { },
            (loss, _) => loss.backward(),
            (loss, _) =>
            {
                loss.backward(retain_graph: true);
                loss.backward();
            },
            (loss, inputs) => Release(autograd.grad([loss], inputs)),
            (loss, inputs) => Release(autograd.grad([loss], [inputs[0]])),
            (loss, inputs) => Release(autograd.grad([loss], inputs, retain_graph: true, create_graph: true)),
        ];
        foreach (Action<Tensor, Tensor[]> way in ways)
        {
            Once();
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Once();
            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

            void Once()
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor[] inputs = one.Leaves();
                way(one.Loss(inputs, one.Constants()), inputs);
            }
        }
    }

    [Fact]
    public void Gradients_asked_for_by_themselves_hold_no_memory()
    {
        if (OwnProcess.Passed(typeof(AutogradContractTests)))
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        const long classes = 20_000, width = 64, calls = 60;
        Tensor x = randn(8, width, requires_grad: true), w = randn(classes, width, requires_grad: true), y = randint(classes, 8);
        foreach (Tensor[] asked in (Tensor[][])[[x], [x, w]])
        {
            Ask(3);
            Assert.InRange(OwnProcess.PeakGrowth(() => Ask(calls)), 0, 8 * classes * width * sizeof(float));

            void Ask(long count)
            {
                for (int i = 0; i < count; i++)
                {
                    using DisposeScope own = NewDisposeScope();
                    autograd.grad([MarginSoftmaxLoss.Evaluate(x, w, y)], asked);
                }
            }
        }
    }

    [Fact]
    public void Hooks_of_the_module_see_its_call_and_may_replace_its_result()
    {
        using DisposeScope scope = NewDisposeScope();
        using MarginSoftmaxLoss loss = new(4, 5, new() { Kernel = MarginKernel.Fused }, dtype: ScalarType.Float64);
        Tensor x = Draw.Normal(1, 6, 4).requires_grad_(), y = Draw.Labels(3, 6, 5);
        loss.call(x, y).backward();
        Tensor expected = loss.Weight.grad! * 2;
        loss.Weight.grad = null;
        int seen = 0;
        loss.register_forward_pre_hook((_, embeddings, labels) =>
        {
            seen++;
            return (embeddings, labels);
        });
        loss.register_forward_hook((_, _, _, output) => output * 2);
        loss.call(x, y).backward();
        Assert.Equal(1, seen);
        LossCase.AssertEqual([expected], [loss.Weight.grad]);
    }

    private static void Release(IEnumerable<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
        {
            tensor.Dispose();
        }
    }
}
