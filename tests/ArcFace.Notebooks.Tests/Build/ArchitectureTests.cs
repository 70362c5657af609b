using System.Reflection;
using ArcFace.Faces.Folders;
using ArcFace.Losses;

namespace ArcFace.Notebooks.Tests;

/// <summary>Which assembly and which room may use which: the arrows point downwards only.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Data"] = [],
        ["Models"] = [],
        ["Losses"] = [],
        ["Interchange"] = [],
        ["Evaluation"] = ["Losses"],
        ["Training"] = ["Data", "Models", "Interchange"],
    };

    [Theory]
    [InlineData(typeof(MarginSoftmaxLoss), "TorchSharp", "TorchSharp.PyBridge")]
    [InlineData(typeof(FaceFolder), "ArcFace", "TorchSharp", "SkiaSharp", "Microsoft.ML.OnnxRuntime", "OnnxSharp", "Google.Protobuf", "Razorvine.Pickle")]
    [InlineData(typeof(Session), "ArcFace", "ArcFace.Faces", "TorchSharp", "Plotly.NET", "Plotly.NET.CSharp", "FSharp.Core", "DynamicObj")]
    public void An_assembly_uses_what_its_floor_may(Type inside, params string[] allowed)
    {
        IEnumerable<string> used = inside.Assembly.GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal) && name is not ("netstandard" or "mscorlib"));

        Assert.Empty(used.Except(allowed));
    }

    [Fact]
    public void A_room_of_the_library_uses_the_rooms_that_it_may()
    {
        Assembly library = typeof(MarginSoftmaxLoss).Assembly;
        Assert.Equal(Rooms.Keys.Order(), library.GetExportedTypes().Select(type => type.Namespace!.Split('.').ElementAtOrDefault(1)).OfType<string>().Distinct().Order());

        string[] found = [.. library.GetTypes().SelectMany(type => TypesUsedBy(type)
            .Where(used => used.Assembly == library && Room(used) is { } other && Room(type) is { } own && other != own && !Rooms[own].Contains(other))
            .Select(used => $"{type} uses {used}")).Distinct()];

        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>The room that a type lies in; null for what all rooms share.</summary>
    private static string? Room(Type type) => type.Namespace?.Split('.') is ["ArcFace", string room] && Rooms.ContainsKey(room) ? room : null;

    /// <summary>The types of the members that a type has, and of those that its code calls.</summary>
    private static IEnumerable<Type> TypesUsedBy(Type type)
    {
        const BindingFlags Everything =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        MethodBase[] methods = [.. type.GetMembers(Everything).OfType<MethodBase>()];
        IEnumerable<Type?> used =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetFields(Everything).Select(field => field.FieldType),
            .. methods.SelectMany(method => method.GetParameters()).Select(parameter => parameter.ParameterType),
            .. methods.OfType<MethodInfo>().Select(method => method.ReturnType),
            .. methods.SelectMany(CompiledCode.CallsIn).Select(call => call.Method.DeclaringType),
        ];
        return used.OfType<Type>().SelectMany(found => found.IsGenericType ? [found, .. found.GetGenericArguments()] : new[] { found });
    }
}
