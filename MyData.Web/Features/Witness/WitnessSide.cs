namespace MyData.Web.Features.Witness;

/// <summary>Through which address a connection came: strangers read at one, logs add at the other; where there is one only, both.</summary>
[Flags]
internal enum WitnessSide
{
    Reading = 1,
    Adding = 2,
}

/// <summary>On each connection, so that an address cannot be pretended by a header.</summary>
internal sealed record WitnessDoor(WitnessSide Side)
{
    public static bool IsAdding(HttpContext context) =>
        context.Features.Get<WitnessDoor>()?.Side.HasFlag(WitnessSide.Adding) == true;

    public static bool IsReading(HttpContext context) =>
        context.Features.Get<WitnessDoor>()?.Side.HasFlag(WitnessSide.Reading) != false;
}
