using System.Reflection;

namespace ArcFace.Notebooks;

/// <summary>Shows values in a notebook engine that is found by the assemblies it has loaded, without a reference to it.</summary>
/// <param name="name">The engine's name.</param>
/// <param name="display">Shows the forms; what it returns is the engine's own handle, or null.</param>
/// <param name="update">Replaces what a handle shows; null where the engine takes HTML and cannot replace it.</param>
internal sealed class EngineDisplay(
    string name, Func<ShownForms, object?> display, Action<object, ShownForms>? update = null) : IDisplayHost
{
    private const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;

    /// <summary>Whether the engine draws a figure from HTML only.</summary>
    public bool WantsHtml => update is null;

    /// <summary>The engine among the loaded assemblies, or null.</summary>
    public static EngineDisplay? Find(IEnumerable<Assembly> loaded)
    {
        ILookup<string?, Assembly> byName = loaded.Where(a => !a.IsDynamic).ToLookup(a => a.GetName().Name);
        MethodInfo? Method(string assembly, string type, string method, params Type[] parameters) => byName[assembly]
            .Select(a => a.GetType(type)?.GetMethod(method, Static, parameters))
            .FirstOrDefault(found => found is not null);

        if (Method("Microsoft.DotNet.Interactive", "Microsoft.DotNet.Interactive.Kernel", "display", typeof(object), typeof(string[])) is { } interactive
            && interactive.ReturnType.GetMethod("Update", [typeof(object)]) is { } update)
        {
            return new EngineDisplay(
                ".NET Interactive",
                forms => Call(interactive, null, forms, forms.Forms.Keys.ToArray()),
                (handle, forms) => Call(update, handle, forms));
        }

        if (Method("ClrKernel.Core", "ClrKernel.Core.Primitives.DisplayValues", "DisplayHtml", typeof(object)) is { } clrKernel)
        {
            return new EngineDisplay("ClrKernel", forms => Call(clrKernel, null, forms.ToHtml()));
        }

        if (Method("Verso.Abstractions", "Verso.Abstractions.DisplayExtensions", "Display", typeof(object), typeof(string)) is { } verso)
        {
            return new EngineDisplay("Verso", forms => Call(verso, null, forms.ToHtml(), Showing.HtmlMimeType));
        }

        return null;
    }

    public IDisplayedValue Show(IReadOnlyDictionary<string, string> forms) => new Shown(this, display(new ShownForms(forms)));

    public override string ToString() => name;

    // What the engine throws is the reader's to see, not the reflection around it.
    private static object? Call(MethodInfo method, object? target, params object[] arguments) =>
        method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    private void Update(object? handle, IReadOnlyDictionary<string, string> forms)
    {
        if (handle is null || update is null)
        {
            Show(forms);
        }
        else
        {
            update(handle, new ShownForms(forms));
        }
    }

    private sealed class Shown(EngineDisplay engine, object? handle) : IDisplayedValue
    {
        public void Update(IReadOnlyDictionary<string, string> forms) => engine.Update(handle, forms);
    }
}
