using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ArcFace.Tests.Build;

/// <summary>The workflow can be read, runs what it should, and cannot be changed from outside.</summary>
public sealed partial class WorkflowTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(DotnetCommand.Repository, ".github", "workflows", "ci.yml"));
    private static readonly YamlMappingNode Workflow = Read();

    private static YamlMappingNode Jobs => (YamlMappingNode)Workflow["jobs"];

    [Fact]
    public void Every_action_is_pinned_to_a_commit_with_its_version_beside_it()
    {
        string[] uses = [.. Text.Split('\n').Where(line => line.Contains("uses:", StringComparison.Ordinal))];

        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches(PinnedAction(), line));
    }

    [Fact]
    public void One_action_has_one_commit()
    {
        IEnumerable<Match> actions = Text.Split('\n').Select(line => PinnedAction().Match(line)).Where(match => match.Success);

        Assert.All(
            actions.GroupBy(action => action.Groups["name"].Value), action => Assert.Single(action.Select(match => match.Groups["commit"].Value).Distinct()));
    }

    [Fact]
    public void Every_job_has_a_machine_a_time_limit_and_steps_that_do_something()
    {
        Assert.All(Jobs.Children, job =>
        {
            var content = (YamlMappingNode)job.Value;
            Assert.Contains("runs-on", Keys(content));
            Assert.InRange(int.Parse(content["timeout-minutes"].ToString(), System.Globalization.CultureInfo.InvariantCulture), 1, 60);
            Assert.All((YamlSequenceNode)content["steps"], step => Assert.Single(Keys(step), key => key is "run" or "uses"));
        });
    }

    [Fact]
    public void The_series_runs_on_three_systems_by_the_one_script_that_holds_for_a_change()
    {
        YamlNode build = Jobs["build"];

        string[] systems = [.. ((YamlSequenceNode)build["strategy"]["matrix"]["os"]).Select(os => os.ToString().Split('-')[0])];
        Assert.Equal(["macos", "ubuntu", "windows"], systems.Order());
        string[] commands = [.. ((YamlSequenceNode)build["steps"]).Where(step => Keys(step).Contains("run")).Select(step => step["run"].ToString())];
        Assert.Contains(".ci/run", commands);
        Assert.Contains(commands, command => command.Contains("run --images --junit", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(DotnetCommand.Repository, ".ci", "run")));
    }

    [Fact]
    public void No_job_may_fail_and_one_runs_the_series_on_the_real_engine()
    {
        Assert.All(Jobs.Children, job => Assert.DoesNotContain("continue-on-error", Keys(job.Value)));
        Assert.Contains(
            (YamlSequenceNode)Jobs["conformance"]["steps"], step => Keys(step).Contains("run") && step["run"].ToString() == ".ci/conformance --require");
    }

    [Fact]
    public void The_workflow_can_read_the_repository_and_nothing_more_and_uses_no_secret()
    {
        Assert.Equal("read", Workflow["permissions"]["contents"].ToString());
        Assert.Single(Keys(Workflow["permissions"]));
        Assert.DoesNotContain("secrets.", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("pull_request_target", Text, StringComparison.Ordinal);
    }

    private static string[] Keys(YamlNode node) => [.. ((YamlMappingNode)node).Children.Keys.Select(key => key.ToString())];

    private static YamlMappingNode Read()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Text));
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }

    [GeneratedRegex(@"^\s*(?:- )?uses: (?<name>[\w.-]+/[\w./-]+)@(?<commit>[0-9a-f]{40}) # v\d+\.\d+\.\d+$")]
    private static partial Regex PinnedAction();
}
