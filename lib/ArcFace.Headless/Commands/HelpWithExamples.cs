using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ArcFace.Headless.Commands;

/// <summary>The usual help, with examples and exit codes below it.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private const string Notes = """
        Examples (after 'dotnet run --project lib/ArcFace.Headless --'):
          run notebooks/01-logistic-regression.ipynb     one notebook
          run notebooks/solutions --timeout 60           a folder, a minute for each notebook
          run --images                                   everything, with images that GitHub and every viewer show
          run --junit artifacts/notebooks.xml            everything, with a report for a build server
          check                                          the rules, without running anything
          script notebooks/07-arcface.ipynb              a C# program of it, for 'dotnet run'
          book                                           a site of the series and the library's reference

        Exit codes:
          0    everything passed
          1    a cell failed, a rule is broken, or figures could not be drawn
          2    wrong arguments, or a notebook that cannot be read
          3    a notebook took longer than allowed
          130  stopped with Ctrl-C
        """;

    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(Notes);
        return code;
    }
}
