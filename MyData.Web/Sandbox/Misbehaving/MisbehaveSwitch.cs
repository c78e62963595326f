namespace MyData.Web.Sandbox.Misbehaving;

/// <summary>What the odd agency does wrong just now, for every call that does not say it itself.</summary>
public sealed class MisbehaveSwitch
{
    private volatile string current = Misbehaviours.None;

    public string Current => current;

    /// <summary>False where there is no such behaviour; the switch then stays as it is.</summary>
    public bool Set(string name)
    {
        if (name != Misbehaviours.None && !Misbehaviours.Names.Contains(name))
            return false;
        current = name;
        return true;
    }
}
