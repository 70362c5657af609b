using System.Reflection;
using System.Reflection.Emit;
using ArcFace.Losses;
using TorchSharp;

namespace ArcFace.Tests.Build;

/// <summary>
/// Reads the compiled library: a number that torch gets as a <see cref="Scalar"/> which nothing holds can be collected while torch
/// reads it, and the step of a training fails once in some thousands.
/// </summary>
public class HeldNumbersTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    [Fact]
    public void The_library_hands_torch_no_number_that_nothing_holds()
    {
        HashSet<MethodBase> careless = CarelessMembersOfTorchSharp();
        Assert.Contains(typeof(torch.Tensor).GetMethod(nameof(torch.Tensor.square), [])!, careless);
        Assert.Contains(typeof(torch.Tensor).GetMethod("op_Addition", [typeof(torch.Tensor), typeof(torch.Tensor)])!, careless);
        Assert.DoesNotContain(typeof(torch.Tensor).GetMethod(nameof(torch.Tensor.mul), [typeof(torch.Tensor)])!, careless);
        Assert.True(MakesCarelessModule(typeof(torch.nn).GetMethod(nameof(torch.nn.BatchNorm2d))!, careless));
        Assert.False(MakesCarelessModule(typeof(torch.nn).GetMethod(nameof(torch.nn.Dropout))!, careless));

        string[] found = [.. MethodsOf(typeof(MarginSoftmaxLoss).Assembly)
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

    /// <summary>A scalar is made, and goes straight on as an argument instead of into a variable or a field.</summary>
    private static bool IsUnheld(Call call) =>
        (call.Method is MethodInfo { Name: "op_Implicit" } conversion && conversion.ReturnType == typeof(Scalar)) &&
        !call.Next.Name!.StartsWith("st", StringComparison.Ordinal);

    /// <summary>A module is made, of a kind whose forward pass is careless.</summary>
    private static bool MakesCarelessModule(MethodBase method, HashSet<MethodBase> careless)
    {
        Type? made = method.IsConstructor ? method.DeclaringType : (method as MethodInfo)?.ReturnType;
        return made is { IsAbstract: false } && made.IsSubclassOf(typeof(torch.nn.Module)) &&
            made.GetMethods().Any(member => member.Name == "forward" && careless.Any(other => other.HasSameMetadataDefinitionAs(member)));
    }

    private static IEnumerable<MethodBase> MethodsOf(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => type.GetMembers(Everything)).OfType<MethodBase>();

    private static IEnumerable<Call> CallsIn(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        MethodBase? called = null;
        for (int at = 0; at < code.Length;)
        {
            int value = code[at++];
            OpCode operation = OpCodesByValue[value == 0xfe ? (value << 8) | code[at++] : value];
            if (called is not null)
            {
                yield return new Call(called, operation);
            }

            called = operation.OperandType == OperandType.InlineMethod
                ? method.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)
                : null;
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    /// <summary>A call, and the instruction after it.</summary>
    private sealed record Call(MethodBase Method, OpCode Next);
}
