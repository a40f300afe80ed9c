using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Views;

/// <summary>Event times of a block, gathered row by row.</summary>
internal struct TimeBounds
{
    private long _minimum;
    private long _maximum;
    private bool _any;

    public void Add(long time)
    {
        if (!_any)
        {
            _minimum = _maximum = time;
            _any = true;
        }
        _minimum = Math.Min(_minimum, time);
        _maximum = Math.Max(_maximum, time);
    }

    /// <summary>
    /// The least and the greatest time. Upstream takes the first and the last of native blocks; where those are out of order ours are wider, which is allowed
    /// (spec/lakehouse.md §3.17).
    /// </summary>
    public readonly LakeTimeRange Range => new(_minimum, _maximum);
}
