namespace MyData.Core.OpenId;

/// <summary>
/// How often each token was answered. In memory: a restart gives a token that is alive its uses again, no more. Forgets the oldest
/// tokens first, so nobody gets a fresh start sooner than by as many transfers of his own.
/// </summary>
internal sealed class TokenUses(int most)
{
    private const int MostRemembered = 20_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Token, string Kind), int> _uses = [];
    private readonly Queue<(string Token, string Kind)> _order = [];

    /// <summary>False: this token has been answered that often.</summary>
    public bool Take(string tokenHash, string kind)
    {
        lock (_gate)
        {
            var used = _uses.GetValueOrDefault((tokenHash, kind));
            if (used >= most)
                return false;
            _uses[(tokenHash, kind)] = used + 1;
            if (used == 0)
                Remember((tokenHash, kind));
            return true;
        }
    }

    private void Remember((string, string) use)
    {
        _order.Enqueue(use);
        if (_order.Count > MostRemembered)
            _uses.Remove(_order.Dequeue());
    }
}
