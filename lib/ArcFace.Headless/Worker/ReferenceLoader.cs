using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace ArcFace.Headless.Worker;

/// <summary>
/// Loads what a notebook refers to with <c>#r</c>, and what that needs of the files beside it, into the process's one load
/// context: the cells, the library and this host then mean the same types.
/// </summary>
internal sealed class ReferenceLoader(InteractiveAssemblyLoader scriptLoader)
{
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Loads the assembly at <paramref name="path"/> and, of the files beside it, those it refers to, directly or not.</summary>
    /// <returns>The references that the compiler needs in addition to those it has.</returns>
    public IReadOnlyList<MetadataReference> Load(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(folder, name.Name + ".dll") is var file && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;

        var references = new List<MetadataReference>();
        var waiting = new Queue<string>([path]);
        while (waiting.TryDequeue(out string? file))
        {
            if (!_names.Add(Path.GetFileNameWithoutExtension(file)))
            {
                continue;
            }

            foreach (string name in ReferencedNames(file))
            {
                string beside = Path.Combine(folder, name + ".dll");
                if (!FrameworkReferences.Contains(name) && File.Exists(beside))
                {
                    waiting.Enqueue(beside);
                }
            }

            scriptLoader.RegisterDependency(LoadOnce(file));
            references.Add(MetadataReference.CreateFromFile(file));
        }

        return references;
    }

    private static Assembly LoadOnce(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return AssemblyLoadContext.Default.Assemblies.FirstOrDefault(loaded => loaded.GetName().Name == name)
            ?? AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
    }

    private static List<string> ReferencedNames(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        MetadataReader metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
