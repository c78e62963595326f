namespace MyData.Core.Transfers;

/// <summary>
/// The calls under way to one provider. A place that becomes free goes to the next citizen in turn, and to her oldest call:
/// whoever has asked for much waits behind her own calls, not others behind them.
/// </summary>
internal sealed class FairRoom(int places)
{
    private readonly Lock _gate = new();
    private readonly Queue<Guid> _turns = [];
    private readonly Dictionary<Guid, Queue<TaskCompletionSource>> _waiting = [];
    private int _free = places;

    /// <summary>Waits for a place; disposing the result gives it back.</summary>
    public async Task<IDisposable> EnterAsync(Guid citizen, CancellationToken token)
    {
        var place = new Place(this);
        var turn = Wait(citizen);
        try
        {
            await turn.Task.WaitAsync(token);
        }
        catch
        {
            // Where the place came in the same moment, it goes on to the next.
            if (!turn.TrySetCanceled(CancellationToken.None))
                place.Dispose();
            throw;
        }
        return place;
    }

    private TaskCompletionSource Wait(Guid citizen)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                turn.SetResult();
            }
            else if (_waiting.TryGetValue(citizen, out var hers))
                hers.Enqueue(turn);
            else
            {
                _waiting.Add(citizen, new([turn]));
                _turns.Enqueue(citizen);
            }
        }
        return turn;
    }

    private void Leave()
    {
        lock (_gate)
        {
            while (_turns.TryDequeue(out var citizen))
            {
                var hers = _waiting[citizen];
                var given = hers.Dequeue().TrySetResult();
                if (hers.Count == 0)
                    _waiting.Remove(citizen);
                else
                    _turns.Enqueue(citizen);
                if (given)
                    return;
            }
            _free++;
        }
    }

    private sealed class Place(FairRoom room) : IDisposable
    {
        public void Dispose() => room.Leave();
    }
}
