using System.Collections;
using Microsoft.Build.Framework;

namespace ArcFace.Tests.Build;

/// <summary>Stands in for the build and keeps the errors that a task reports.</summary>
internal sealed class RecordingBuildEngine : IBuildEngine
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "";

    public void LogErrorEvent(BuildErrorEventArgs e) => _errors.Add(e.Message ?? "");

    public void LogWarningEvent(BuildWarningEventArgs e) => _errors.Add(e.Message ?? "");

    public void LogMessageEvent(BuildMessageEventArgs e)
    {
    }

    public void LogCustomEvent(CustomBuildEventArgs e)
    {
    }

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs) =>
        throw new NotSupportedException();
}
