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
            float[] row = faces.Values(person: 5, picture);
            var canvas = new PixelCanvas(options.Size, []);
            var head = new FaceHead(canvas, new FacePlan(row, channels: 3));
            double At(Field field, Vector2 point) => Between(field.Pixels.ToArray(), options.Size, point);
            var landmarks = faces.Landmarks(5, picture);

            // What the renderer holds for the point of the face at that pixel, between pixels linearly: 1 % of a face.
            float eyeX = row[(int)FaceValue.EyeX], eyeY = row[(int)FaceValue.EyeY];
            Assert.Equal(-eyeX, At(head.X, landmarks.LeftEye), 0.02);
            Assert.Equal(eyeY, At(head.Y, landmarks.LeftEye), 0.02);
            Assert.Equal(eyeX, At(head.X, landmarks.RightEye), 0.02);
            Assert.Equal(0, At(head.NoseX, landmarks.Nose), 0.02);
            Assert.Equal(row[(int)FaceValue.NoseTipY], At(head.NoseY, landmarks.Nose), 0.03);
            Assert.True(At(head.X, landmarks.LeftMouthCorner) < -0.15);
            Assert.Equal(row[(int)FaceValue.MouthY], At(head.Y, landmarks.RightMouthCorner), 0.07);
        }
    }

    /// <summary>The value at a point, from the pixels around it.</summary>
    private static double Between(float[] pixels, int size, Vector2 point)
    {
        (int x, int y) = ((int)Math.Round(point.X), (int)Math.Round(point.Y));
        double At(int column, int row) => pixels[(row * size) + column];
        double here = At(x, y);
        return here + ((point.X - x) * (At(x + 1, y) - At(x - 1, y)) / 2) + ((point.Y - y) * (At(x, y + 1) - At(x, y - 1)) / 2);
    }
}
