using System.Text.Json;
using System.Xml;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>What a service asked for, as it was checked when it was pushed.</summary>
public sealed record RequestContent
{
    public required string RedirectUri { get; init; }
    public string? State { get; init; }

    /// <summary>base64url(SHA-256(verifier)) (RFC 7636 §4.2).</summary>
    public required string Challenge { get; init; }

    /// <summary>The DPoP key that the code is bound to (RFC 9449 §10); null: any.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The lowest level that the service accepts; each data set has its own besides.</summary>
    public AssuranceLevel Level { get; init; }

    public required string Purpose { get; init; }
    public required TimeSpan Retention { get; init; }
    public required string RecipientKid { get; init; }

    /// <summary>Of the key with that kid (RFC 7638): another under the same name is not what was asked for and agreed to.</summary>
    public required string RecipientThumbprint { get; init; }
    public required IReadOnlyList<RequestedItem> Items { get; init; }

    /// <summary>The standing use that it asks for, which she may leave at once; null: once is all that it asks for.</summary>
    public RequestedUse? Standing { get; init; }

    /// <summary>What came over the national wire beside it; null: a native request.</summary>
    public NationalRequest? National { get; init; }
}

/// <summary>A data set that is asked for.</summary>
public sealed record RequestedItem
{
    public required string DataSet { get; init; }
    public required IReadOnlyList<string> Fields { get; init; }
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }
    public required bool Required { get; init; }
}

/// <summary>Reads <c>authorization_details</c> (RFC 9396) of type <c>mydata</c> (protocols.md A1). Nothing is taken that is not registered.</summary>
internal static class RequestedDetails
{
    public const string Type = "mydata";

    private const int MostCharacters = 16 * 1024;
    private static readonly string[] Members = ["type", "datasets", "purpose", "retention", "use", "recipient_key"];
    private static readonly string[] ItemMembers = ["id", "fields", "parameters"];

    /// <exception cref="OpenIdException">invalid_authorization_details.</exception>
    public static (IReadOnlyList<RequestedItem> Items, TimeSpan Retention, RequestedUse? Standing) Read(
        string text,
        OnlineServiceListing service
    )
    {
        var details = Single(text);
        Require(Text(details, "type") == Type && Only(details, Members), "One detail of type mydata is taken.");
        Require(details.TryGetProperty("use", out var use), "use is missing.");
        var standing = RequestedUse.Read(use, service.Standing);
        Registered(Text(details, "purpose") == service.PurposeCode, "purpose");
        Registered(Text(details, "recipient_key") == service.RecipientKid, "recipient_key");
        var retention = Duration(Text(details, "retention"));
        Registered(retention <= service.Retention, "retention");
        Require(
            details.TryGetProperty("datasets", out var sets) && sets.ValueKind == JsonValueKind.Array,
            "datasets is missing."
        );
        var items = sets.EnumerateArray().Select(set => Item(set, service)).ToList();
        Require(items.Count > 0, "datasets is empty.");
        Require(items.DistinctBy(item => item.DataSet).Count() == items.Count, "A data set stands there twice.");
        Registered(
            service.Items.Where(item => item.Required).All(item => items.Any(i => i.DataSet == item.DataSet)),
            "required data sets"
        );
        return (items, retention, standing);
    }

    private static JsonElement Single(string text)
    {
        Require(text.Length <= MostCharacters, "Too long.");
        try
        {
            var root = StrictJson.ParseObject($"{{\"details\":{text}}}", ServiceCodes.Details);
            var list = root.GetProperty("details");
            Require(
                list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == 1 && Only(root, ["details"]),
                "One detail is taken."
            );
            return list[0].ValueKind == JsonValueKind.Object ? list[0] : throw Refused("A detail is an object.");
        }
        catch (EncryptionException)
        {
            throw Refused("authorization_details is not JSON.");
        }
    }

    private static RequestedItem Item(JsonElement set, OnlineServiceListing service)
    {
        Require(set.ValueKind == JsonValueKind.Object && Only(set, ItemMembers), "A data set is an object.");
        var id = Text(set, "id") ?? throw Refused("A data set has no id.");
        var registered = service.Item(id);
        Registered(registered is not null, id);
        Require(
            set.TryGetProperty("fields", out var list) && list.ValueKind == JsonValueKind.Array,
            "fields is missing."
        );
        var fields = list.EnumerateArray().Select(field => StrictJson.TextOf(field)).ToList();
        Require(fields.Count > 0 && fields.Distinct().Count() == fields.Count, "fields is empty, or repeats itself.");
        Registered(fields.All(field => field is not null && registered!.Fields.Contains(field)), $"fields of {id}");
        return new RequestedItem
        {
            DataSet = id,
            Fields = [.. fields.OfType<string>()],
            Parameters = Parameters(set),
            Required = registered!.Required,
        };
    }

    private static Dictionary<string, string> Parameters(JsonElement set)
    {
        if (!set.TryGetProperty("parameters", out var given))
            return [];
        Require(given.ValueKind == JsonValueKind.Object, "parameters is an object.");
        return given
            .EnumerateObject()
            .ToDictionary(
                one => one.Name,
                one => StrictJson.TextOf(one.Value) ?? throw Refused("A parameter is a text."),
                StringComparer.Ordinal
            );
    }

    private static TimeSpan Duration(string? text)
    {
        try
        {
            var time = XmlConvert.ToTimeSpan(text ?? "");
            Require(time > TimeSpan.Zero, "retention is not positive.");
            return time;
        }
        catch (Exception bad) when (bad is FormatException or OverflowException)
        {
            throw Refused("retention is not an ISO 8601 duration.");
        }
    }

    private static bool Only(JsonElement json, string[] names) =>
        json.EnumerateObject().All(member => names.Contains(member.Name));

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? StrictJson.TextOf(value) : null;

    private static void Require(bool holds, string why)
    {
        if (!holds)
            throw Refused(why);
    }

    private static void Registered(bool holds, string what)
    {
        if (!holds)
            throw OpenIdException.InvalidDetails($"Not registered: {what}.", ServiceCodes.NotRegistered);
    }

    private static OpenIdException Refused(string why) => OpenIdException.InvalidDetails(why, ServiceCodes.Details);
}
