namespace ArcFace.Faces.Pictures;

/// <summary>Lets several threads decode only so many pixels at one time; a picture that has more goes alone.</summary>
internal sealed class PixelBudget(long most)
{
    private readonly object _gate = new();
    private long _taken;

    public void Take(long pixels)
    {
        lock (_gate)
        {
            while (_taken > 0 && _taken + pixels > most)
            {
                Monitor.Wait(_gate);
            }

            _taken += pixels;
        }
    }

    public void Return(long pixels)
    {
        lock (_gate)
        {
            _taken -= pixels;
            Monitor.PulseAll(_gate);
        }
    }
}
