using System.Reflection;
using TorchSharp;
using static ArcFace.Notebooks.Tests.CompiledCode;

namespace ArcFace.Notebooks.Tests;

/// <summary>
/// Reads the compiled library: a number that torch gets as a <see cref="Scalar"/> which nothing holds can be collected while torch
/// reads it, and the step of a training fails once in some thousands. The default generator of random numbers is such an object too.
/// </summary>
public class HeldNumbersTests
{
    private static readonly Assembly[] Libraries =
        [typeof(Losses.MarginSoftmaxLoss).Assembly, typeof(Faces.Folders.FaceFolder).Assembly, typeof(Session).Assembly];

    [Fact]
    public void The_library_hands_torch_no_number_that_nothing_holds()
    {
        HashSet<MethodBase> careless = CarelessMembersOfTorchSharp();
        Assert.Contains(typeof(torch.Tensor).GetMethod(nameof(torch.Tensor.square), [])!, careless);
        Assert.Contains(typeof(torch.Tensor).GetMethod("op_Addition", [typeof(torch.Tensor), typeof(torch.Tensor)])!, careless);
        Assert.DoesNotContain(typeof(torch.Tensor).GetMethod(nameof(torch.Tensor.mul), [typeof(torch.Tensor)])!, careless);
        Assert.Contains(typeof(torch.random).GetMethod(nameof(torch.random.get_rng_state))!, careless);
        Assert.True(MakesCarelessModule(typeof(torch.nn).GetMethod(nameof(torch.nn.BatchNorm2d))!, careless));
        Assert.False(MakesCarelessModule(typeof(torch.nn).GetMethod(nameof(torch.nn.Dropout))!, careless));

        string[] found = [.. Libraries.SelectMany(MethodsOf)
            .SelectMany(method => CallsIn(method)
                .Where(call => IsUnheld(call) || careless.Contains(call.Method) || MakesCarelessModule(call.Method, careless))
                .Select(call => $"{method.DeclaringType}.{method.Name} calls {call.Method.DeclaringType!.Name}.{call.Method.Name}"))];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>What turns a number into a scalar inside, or calls what does.</summary>
    private static HashSet<MethodBase> CarelessMembersOfTorchSharp()
    {
        var calls = MethodsOf(typeof(torch).Assembly)
            .ToDictionary(method => method, method => CallsIn(method).ToArray());
        HashSet<MethodBase> careless = [.. calls.Where(pair => pair.Value.Any(IsUnheld)).Select(pair => pair.Key)];
        int before;
        do
        {
            before = careless.Count;
            careless.UnionWith(calls.Where(pair => pair.Value.Any(call => careless.Contains(call.Method))).Select(pair => pair.Key));
        }
        while (careless.Count > before);

        return careless;
    }

    /// <summary>A scalar or a generator is made, and goes straight on as an argument instead of into a variable or a field.</summary>
    private static bool IsUnheld(Call call) =>
        ((call.Method is MethodInfo { Name: "op_Implicit" } conversion && conversion.ReturnType == typeof(Scalar)) ||
            (call.Method.Name == $"get_{nameof(torch.Generator.Default)}" && call.Method.DeclaringType == typeof(torch.Generator))) &&
        !call.Next.Name!.StartsWith("st", StringComparison.Ordinal);

    /// <summary>A module is made, of a kind whose forward pass is careless.</summary>
    private static bool MakesCarelessModule(MethodBase method, HashSet<MethodBase> careless)
    {
        Type? made = method.IsConstructor ? method.DeclaringType : (method as MethodInfo)?.ReturnType;
        return made is { IsAbstract: false } && made.IsSubclassOf(typeof(torch.nn.Module)) &&
            made.GetMethods().Any(member => member.Name == "forward" && careless.Any(other => other.HasSameMetadataDefinitionAs(member)));
    }
}
