// Test projects run beside each other: threads that wait for work by spinning take the cores that the others need.
[assembly: AssemblyFixture(typeof(ArcFace.Tests.OneThread))]
