using ArcFace.Headless.Commands;

namespace ArcFace.Headless.Reporting;

/// <summary>Shows how far a run has come.</summary>
internal interface IProgressDisplay : IProgress<NotebookProgress>
{
    void NotebookStarted(NotebookFile file);

    void NotebookEnded(NotebookReport report);
}
