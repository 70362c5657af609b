namespace ArcFace.Notebooks;

/// <summary>Shows values in a notebook engine that is found by the assemblies it has loaded, without a reference to it.</summary>
/// <remarks>What <c>display</c> returns is the engine's own handle, or null where the value cannot be replaced.</remarks>
internal sealed class EngineDisplay(
    string name, bool drawsHtml, Func<MimeBundle, object?> display, Action<object, MimeBundle>? update) : IDisplayHost
{
    public bool ReplacesInPlace => update is not null;

    public bool DrawsHtml => drawsHtml;

    /// <summary>Whether .NET Interactive serves a Jupyter front end. JupyterLab draws HTML but, without an extension, no plotly JSON.</summary>
    public static bool IsJupyter { get; } = Environment.GetCommandLineArgs().Contains("jupyter");

    /// <summary>The engine among the loaded assemblies, or null.</summary>
    public static EngineDisplay? Find(IEnumerable<Assembly> loaded)
    {
        ILookup<string?, Assembly> byName = loaded.Where(a => !a.IsDynamic).ToLookup(a => a.GetName().Name);
        Type? Find(string assembly, string type) => byName[assembly].Select(a => a.GetType($"{assembly}.{type}")).OfType<Type>().FirstOrDefault();
        return Interactive(
                Find("Microsoft.DotNet.Interactive", "KernelInvocationContext"),
                Find("Microsoft.DotNet.Interactive", "KernelInvocationContextExtensions"),
                Find("Microsoft.DotNet.Interactive", "Kernel"))
            ?? ClrKernel(Find("ClrKernel.Core.Primitives", "DisplayValues"), Find("ClrKernel.Core.Primitives", "DisplayCell"))
            ?? Verso(Find("Verso.Abstractions", "DisplayExtensions"));
    }

    public Action<IReadOnlyDictionary<string, string>> Show(IReadOnlyDictionary<string, string> forms)
    {
        object? handle = display(new MimeBundle(forms));
        return handle is null || update is null ? next => Show(next) : next => update(handle, new MimeBundle(next));
    }

    public override string ToString() => name;

    // What Kernel.display returns replaces nothing: it serves only where there is no context, as on a thread that a cell left behind.
    private static EngineDisplay? Interactive(Type? context, Type? extensions, Type? kernel) =>
        context?.GetProperty("Current") is { } current
        && extensions?.GetMethod("Display", [context, typeof(object), typeof(string[])]) is { } display
        && kernel?.GetMethod("display", [typeof(object), typeof(string[])]) is { } displayWithoutContext
        && display.ReturnType.GetMethod("Update", [typeof(object)]) is { } update
            ? new EngineDisplay(".NET Interactive", IsJupyter,
                value =>
                {
                    if (current.GetValue(null) is { } present)
                    {
                        return Call(display, null, present, value, value.Types);
                    }

                    Call(displayWithoutContext, null, value, value.Types);
                    return null;
                },
                (handle, value) => Call(update, handle, value))
            : null;

    private static EngineDisplay? ClrKernel(Type? values, Type? cell) =>
        values?.GetMethod("DisplayHtml", [typeof(object)]) is { } display
            ? new EngineDisplay("ClrKernel", drawsHtml: true,
                value => Call(display, null, value.ToHtml()),
                cell is not null && values.GetMethod("UpdateHtml", [cell, typeof(object)]) is { } update
                    ? (handle, value) => Call(update, null, handle, value.ToHtml())
                    : null)
            : null;

    private static EngineDisplay? Verso(Type? extensions) =>
        extensions?.GetMethod("Display", [typeof(object), typeof(string)]) is { } display
            ? new EngineDisplay("Verso", drawsHtml: true, value => Call(display, null, value.ToHtml(), MimeTypes.Html), update: null)
            : null;

    // What the engine throws is the reader's to see, not the reflection around it.
    private static object? Call(MethodInfo method, object? target, params object[] arguments) =>
        method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
