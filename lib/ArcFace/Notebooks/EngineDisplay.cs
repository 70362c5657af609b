using System.Reflection;

namespace ArcFace.Notebooks;

/// <summary>Shows values in a notebook engine that is found by the assemblies it has loaded, without a reference to it.</summary>
/// <param name="name">The engine's name.</param>
/// <param name="display">Shows the forms; what it returns is the engine's own handle, or null.</param>
/// <param name="update">Replaces what a handle shows; null where the engine takes HTML and cannot replace it.</param>
internal sealed class EngineDisplay(
    string name, Func<IReadOnlyDictionary<string, string>, object?> display, Action<object, IReadOnlyDictionary<string, string>>? update = null) : IDisplayHost
{
    private const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;

    /// <summary>Whether the engine draws a figure from HTML only.</summary>
    public bool WantsHtml => update is null;

    public bool ReplacesInPlace => update is not null;

    /// <summary>The engine among the loaded assemblies, or null.</summary>
    public static EngineDisplay? Find(IEnumerable<Assembly> loaded)
    {
        ILookup<string?, Assembly> byName = loaded.Where(a => !a.IsDynamic).ToLookup(a => a.GetName().Name);
        Type? TypeOf(string assembly, string type) => byName[assembly].Select(a => a.GetType(type)).FirstOrDefault(t => t is not null);

        if (TypeOf("Microsoft.DotNet.Interactive", "Microsoft.DotNet.Interactive.Kernel")
            ?.GetMethod("display", Static, [typeof(object), typeof(string[])]) is { } interactive)
        {
            return new EngineDisplay(
                ".NET Interactive",
                forms => interactive.Invoke(null, [new ShownForms(forms), forms.Keys.ToArray()]),
                (handle, forms) => handle.GetType().GetMethod("Update", [typeof(object)])?.Invoke(handle, [new ShownForms(forms)]));
        }

        if (TypeOf("ClrKernel.Core", "ClrKernel.Core.Primitives.DisplayValues")?.GetMethod("DisplayHtml", Static, [typeof(object)]) is { } clrKernel)
        {
            return new EngineDisplay("ClrKernel", forms => clrKernel.Invoke(null, [new ShownForms(forms).ToHtml()]));
        }

        if (TypeOf("Verso.Abstractions", "Verso.Abstractions.DisplayExtensions")
            ?.GetMethod("Display", Static, [typeof(object), typeof(string)]) is { } verso)
        {
            return new EngineDisplay("Verso", forms => verso.Invoke(null, [new ShownForms(forms).ToHtml(), Showing.HtmlMimeType]));
        }

        return null;
    }

    public IDisplayedValue Show(IReadOnlyDictionary<string, string> forms) => new Shown(this, display(forms));

    public override string ToString() => name;

    private sealed class Shown(EngineDisplay engine, object? handle) : IDisplayedValue
    {
        public void Update(IReadOnlyDictionary<string, string> forms)
        {
            if (handle is null || engine.WantsHtml)
            {
                engine.Show(forms);
            }
            else
            {
                engine.Update(handle, forms);
            }
        }
    }

    private void Update(object handle, IReadOnlyDictionary<string, string> forms) => update!(handle, forms);
}
