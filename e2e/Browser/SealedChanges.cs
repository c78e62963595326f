using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;

namespace MyData.E2E.Browser;

/// <summary>One change each to a sealed package that was good. None may open.</summary>
internal static class SealedChanges
{
    /// <param name="key">another recipient's, of the kid that the package is for</param>
    public static IEnumerable<(string Name, byte[] Bytes)> All(byte[] good, Jwk key)
    {
        foreach (var member in new[] { "protected", "iv", "tag", "ciphertext" })
        {
            yield return ($"{member} missing", Edit(good, json => json.Remove(member)));
            yield return ($"{member} a number", Edit(good, json => json[member] = 1));
            yield return (
                $"{member} padded",
                Edit(good, json => json[member] = json[member]!.GetValue<string>() + "=")
            );
        }
        yield return ("iv changed", Edit(good, json => json["iv"] = new string('A', 16)));
        yield return ("tag changed", Edit(good, json => json["tag"] = new string('A', 22)));
        yield return ("tag short", Edit(good, json => json["tag"] = new string('A', 16)));
        yield return ("ciphertext changed", Edit(good, json => json["ciphertext"] = Flipped(json["ciphertext"]!)));
        yield return ("ciphertext empty", Edit(good, json => json["ciphertext"] = ""));
        yield return ("recipients empty", Edit(good, json => json["recipients"] = new JsonArray()));
        yield return ("recipients an object", Edit(good, json => json["recipients"] = new JsonObject()));
        yield return ("recipient twice", Edit(good, json => Recipients(json).Add(Recipients(json)[0]!.DeepClone())));
        yield return ("member more", Edit(good, json => json["aad"] = "AA"));
        yield return ("order changed", Edit(good, json => Move(json, "tag")));
        yield return ("alg refused", Edit(good, json => Header(json)["alg"] = "ECDH-ES"));
        yield return ("alg twice", Edit(good, json => Header(json)["enc"] = "A256GCM"));
        yield return ("epk missing", Edit(good, json => Header(json).Remove("epk")));
        yield return (
            "epk off the curve",
            Edit(good, json => Header(json)["epk"]!["y"] = Header(json)["epk"]!["x"]!.DeepClone())
        );
        yield return ("kid another", Edit(good, json => Header(json)["kid"] = "another"));
        yield return (
            "wrapped key changed",
            Edit(good, json => Recipients(json)[0]!["encrypted_key"] = Flipped(Recipients(json)[0]!["encrypted_key"]!))
        );
        yield return ("enc refused", Protected(good, header => header["enc"] = "A128GCM"));
        yield return ("zip", Protected(good, header => header["zip"] = "DEF"));
        yield return ("crit", Protected(good, header => header["crit"] = new JsonArray("exp")));
        yield return ("typ another", Protected(good, header => header["typ"] = "JWT"));
        yield return ("kc another", Protected(good, header => header["kc"] = new string('A', 43)));
        yield return ("kc missing", Protected(good, header => header.Remove("kc")));
        yield return ("transfer another", Protected(good, header => header["transfer"] = "tx-2"));
        yield return ("transfer no name", Protected(good, header => header["transfer"] = "tx 1\u0000"));
        yield return ("header more", Protected(good, header => header["x"] = 1));
        yield return ("iat a text", Protected(good, header => header["iat"] = "now"));
        yield return ("cut in the cipher text", good[..^10]);
        yield return ("cut before the brace", good[..^1]);
        yield return ("cut in the head", good[..40]);
        yield return ("trailing", [.. good, .. "{}"u8]);
        yield return ("member after the cipher text", [.. good[..^1], .. ",\"iv\":\"AAAAAAAAAAAAAAAA\"}"u8]);
        yield return (
            "member twice",
            Text(good, text => text.Replace("\"iv\":", "\"iv\":\"AAAAAAAAAAAAAAAA\",\"iv\":", StringComparison.Ordinal))
        );
        yield return (
            "member escaped",
            Text(good, text => text.Replace("\"iv\":\"", "\"iv\":\"\\u0041", StringComparison.Ordinal))
        );
        yield return (
            "not JSON",
            Text(good, text => text.Replace("\"recipients\":", "\"recipients\"", StringComparison.Ordinal))
        );
        yield return ("an array", Encoding.UTF8.GetBytes($"[{Encoding.UTF8.GetString(good)}]"));
        yield return ("empty", []);
        yield return ("sealed anew for another", OtherContentKey(good, key));
    }

    /// <summary>A second package's wrapped key in the first one's place: the commitment shows it.</summary>
    private static byte[] OtherContentKey(byte[] good, Jwk key)
    {
        var kid = JsonNode.Parse(good)!["recipients"]![0]!["header"]!["kid"]!.GetValue<string>();
        var other = SealedPackage.Seal(
            new byte[] { 1, 2, 3 },
            new SealRequest
            {
                Transfer = "tx-1",
                DataSet = "API.7QovE2Gev6",
                Sub = "pairwise-sub",
                IssuedAt = DateTimeOffset.UnixEpoch,
                Recipients = [new SealRecipient("citizen", kid, key.PublicOnly())],
            },
            out _
        );
        var recipients = JsonNode.Parse(other)!["recipients"]!;
        return Edit(good, json => json["recipients"] = recipients.DeepClone());
    }

    private static JsonArray Recipients(JsonObject json) => json["recipients"]!.AsArray();

    private static JsonObject Header(JsonObject json) => Recipients(json)[0]!["header"]!.AsObject();

    private static void Move(JsonObject json, string member)
    {
        var value = json[member]!.DeepClone();
        json.Remove(member);
        json.Insert(0, member, value);
    }

    private static string Flipped(JsonNode text)
    {
        var value = text.GetValue<string>();
        return (value[0] == 'A' ? 'B' : 'A') + value[1..];
    }

    private static byte[] Protected(byte[] good, Action<JsonObject> edit) =>
        Edit(
            good,
            json =>
            {
                var header = JsonNode.Parse(Base64UrlText.Decode(json["protected"]!.GetValue<string>()))!.AsObject();
                edit(header);
                json["protected"] = Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(header));
            }
        );

    private static byte[] Edit(byte[] good, Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(good)!.AsObject();
        edit(json);
        return JsonSerializer.SerializeToUtf8Bytes(json);
    }

    private static byte[] Text(byte[] good, Func<string, string> edit) =>
        Encoding.UTF8.GetBytes(edit(Encoding.UTF8.GetString(good)));
}
