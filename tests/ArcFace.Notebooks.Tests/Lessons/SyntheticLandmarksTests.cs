using System.Numerics;
using ArcFace.Notebooks.Lessons;
using ArcFace.Notebooks.Lessons.Faces;

namespace ArcFace.Notebooks.Tests;

public sealed class SyntheticLandmarksTests
{
    [Fact]
    public void The_landmarks_of_a_synthetic_face_are_where_the_renderer_draws_them()
    {
        var options = new SyntheticFacesOptions { Size = 96, Difficulty = 0.6 };
        using var faces = new SyntheticFaces(options);
        for (int picture = 0; picture < 20; picture++)
        {
            FacePlan plan = faces.Plan(person: 5, picture);
            double Place(float pixel) => ((pixel + 0.5) * 2 / options.Size) - 1;
            FaceHead Head(Vector2 point) => new(plan, Place(point.X), Place(point.Y), softness: 0.01);
            double X(Vector2 point) => First(Head(point).X);
            double Y(Vector2 point) => First(Head(point).Y);
            var landmarks = faces.Landmarks(5, picture);

            // What the renderer holds for the point of the face there: 1 % of a face.
            double eyeX = plan[FaceValue.EyeX], eyeY = plan[FaceValue.EyeY];
            Assert.Equal(-eyeX, X(landmarks.LeftEye), 0.02);
            Assert.Equal(eyeY, Y(landmarks.LeftEye), 0.02);
            Assert.Equal(eyeX, X(landmarks.RightEye), 0.02);
            Assert.Equal(0, First(Head(landmarks.Nose).NoseX), 0.02);
            Assert.Equal(plan[FaceValue.NoseTipY], First(Head(landmarks.Nose).NoseY), 0.03);
            Assert.True(X(landmarks.LeftMouthCorner) < -0.15);
            Assert.Equal(plan[FaceValue.MouthY], Y(landmarks.RightMouthCorner), 0.07);
        }
    }

    private static double First(Pixels pixels)
    {
        float[] values = new float[Pixels.AtOnce];
        pixels.CopyTo(values);
        return values[0];
    }
}
