using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using ArcFace.Data;

namespace ArcFace.Training;

/// <summary>What decides the numbers of a run besides its weights, as text by name: compared when it is resumed.</summary>
/// <remarks>Of options, batch sources, layers and heads the type and every public property that holds a number, a text, an enumeration or a
/// record of such, unless marked as not decisive (<see cref="IgnoreDataMemberAttribute"/>). What a plain function computes cannot be
/// compared.</remarks>
internal static class RunSettings
{
    public static SortedDictionary<string, string> Of(
        nn.Module body, nn.Module? head, Func<Tensor, Tensor, Tensor> loss, TrainerOptions options, IBatchSource batches)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["ArcFace"] = VersionOf(typeof(RunSettings)),
            ["TorchSharp"] = VersionOf(typeof(torch)),
            [nameof(options.Precision)] = options.Precision.ToString(),
            [nameof(options.GradientClip)] = Text(options.GradientClip),
        };
        Add(settings, nameof(options.Optimizer), options.Optimizer);
        Add(settings, nameof(options.Schedule), options.Schedule);
        if (!options.Schedule.IsConstant)
        {
            settings.Add(nameof(options.Epochs), Text(options.Epochs));
        }

        Add(settings, "batches", batches);
        AddModule(settings, "body", body);
        if ((head ?? loss.Target as nn.Module) is { } known)
        {
            AddModule(settings, "head", known);
        }

        return settings;
    }

    private static void AddModule(SortedDictionary<string, string> settings, string name, nn.Module module)
    {
        Add(settings, name, module);
        foreach (var (inner, layer) in module.named_modules())
        {
            Add(settings, $"{name}.{inner}", layer);
        }
    }

    private static void Add(SortedDictionary<string, string> settings, string name, object value)
    {
        var type = value.GetType();
        settings[name] = type.Name;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanRead || property.GetIndexParameters().Length > 0 || property.DeclaringType!.Namespace == "TorchSharp"
                || property.IsDefined(typeof(IgnoreDataMemberAttribute)))
            {
                continue;
            }

            var held = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (held.IsPrimitive || held.IsEnum || held == typeof(string))
            {
                settings[$"{name}.{property.Name}"] = Text(property.GetValue(value));
            }
            else if ((IsRecord(held) || typeof(IBatchSource).IsAssignableFrom(held)) && property.GetValue(value) is { } inner)
            {
                Add(settings, $"{name}.{property.Name}", inner);
            }
        }
    }

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "none";

    private static string VersionOf(Type type) => type.Assembly.GetName().Version!.ToString();
}
