using ArcFace.Faces.Folders;

namespace ArcFace.Faces.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one() => PublicApi.RequireApproved(typeof(FaceFolder).Assembly);
}
