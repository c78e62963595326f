namespace MyData.Web.Sandbox.Relying;

/// <summary>How an organisation answers when somebody takes her consent back: the same for everybody, until another way is set.</summary>
public sealed class RelyingConduct
{
    public const string Deletes = "deletes";
    public const string Keeps = "keeps";

    /// <summary>It takes the event, and does not answer before it is set to another way.</summary>
    public const string Silent = "silent";

    /// <summary>It does not even take the event.</summary>
    public const string Deaf = "deaf";

    private volatile string _current = Deletes;
    private Action? _changed;

    public static IReadOnlyList<string> Names { get; } = [Deletes, Keeps, Silent, Deaf];

    public string Current => _current;

    /// <summary>Hears of it when it is to answer in another way.</summary>
    public void WhenChanged(Action tell) => _changed += tell;

    /// <summary>False where there is no such way; then nothing changes.</summary>
    public bool Set(string name)
    {
        if (!Names.Contains(name))
            return false;
        _current = name;
        _changed?.Invoke();
        return true;
    }
}
