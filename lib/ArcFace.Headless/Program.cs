using ArcFace.Headless.Commands;
using ArcFace.Headless.Worker;

// A worker has no command line to parse, and its start counts.
return args is [WorkerProgram.Command, .. string[] handles]
    ? await WorkerProgram.RunAsync(handles)
    : await CommandLine.RunAsync(args);
