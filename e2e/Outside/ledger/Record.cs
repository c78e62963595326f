using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MyData.E2E.Outside.Ledger;

/// <summary>
/// Records one access and checks the receipt, with the framework alone: nothing of the portal's own code is used. It has no Ed25519 yet, so
/// the caller's key is P-256, and who signed the checkpoint is for others to check; that it holds the record is checked here.
/// </summary>
internal static class Record
{
    public static async Task RunAsync(string origin, string name, string keyFile, string person, TextWriter output)
    {
        using var http = new HttpClient { BaseAddress = new Uri(origin) };
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(keyFile));

        var now = TimeProvider.System.GetUtcNow();
        var salt = RandomNumberGenerator.GetBytes(32);
        var record = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["v"] = 1,
            ["id"] = Guid.CreateVersion7(now).ToString("D"),
            ["t"] = now.ToUnixTimeMilliseconds(),
            ["from"] = "ris/household@3",
            ["to"] = name,
            ["via"] = name,
            ["kid"] = Base64Url.EncodeToString(SHA256.HashData(key.ExportSubjectPublicKeyInfo())),
            ["op"] = "household.read",
            ["why"] = "act-12.3",
            ["res"] = "ok",
            ["n"] = 1,
            ["who"] = Who(salt, person),
        };
        var message = $"mydata.ledger/record/v1\n{JsonSerializer.Serialize(record)}";
        var signature = key.SignData(Encoding.UTF8.GetBytes(message), HashAlgorithmName.SHA256);
        record["up"] = Base64Url.EncodeToString(signature);
        var sent = JsonSerializer.Serialize(record);
        var body = $$"""{"record":{{sent}},"persons":["{{person}}"],"salt":"{{Base64Url.EncodeToString(salt)}}"}""";

        var (status, answer) = await PostAsync(http, body);
        var index = (long)answer["index"]!;
        await output.WriteLineAsync($"recorded {index}");
        // The same bytes again, as after an answer that was lost: the same place.
        var (again, repeated) = await PostAsync(http, body);
        Require(status == 201 && again == 200 && (long)repeated["index"]! == index, "the repeat is not the same");
        await output.WriteLineAsync($"repeated {index}");
        var size = Check(sent, index, (string)answer["entry"]!, (string)answer["proof"]!);
        await output.WriteLineAsync($"verified {size}");
    }

    private static string Who(byte[] salt, string person)
    {
        var utf8 = Encoding.UTF8.GetBytes(person);
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)utf8.Length);
        return Base64Url.EncodeToString(SHA256.HashData([.. "mydata.ledger/who/v1\n"u8, .. salt, .. length, .. utf8]));
    }

    private static async Task<(int Status, JsonNode Body)> PostAsync(HttpClient http, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/ledger/v1/records", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        Require(answer.IsSuccessStatusCode, $"not recorded: {(int)answer.StatusCode} {text}");
        return ((int)answer.StatusCode, JsonNode.Parse(text)!);
    }

    private static long Check(string sent, long index, string entry, string proof)
    {
        var mine = JsonNode.Parse(entry)!.AsObject();
        Require(mine["sub"]!.AsArray().Count == 1 && mine.Remove("sub"), "there is not one tag");
        Require(mine.ToJsonString() == sent, "the entry is not what was sent");
        var end = proof.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = proof[..end].Split('\n');
        Require(lines[0] == "c2sp.org/tlog-proof@v1" && lines[1] == $"index {index}", "it is for another place");
        var note = proof[(end + 2)..].Split('\n');
        var size = long.Parse(note[1], CultureInfo.InvariantCulture);
        var leaf = SHA256.HashData([0, .. Encoding.UTF8.GetBytes(entry)]);
        var root = Root(index, size, leaf, lines.Skip(2).Select(Convert.FromBase64String));
        Require(root.AsSpan().SequenceEqual(Convert.FromBase64String(note[2])), "the path leads to another root");
        return size;
    }

    /// <summary>RFC 9162 §2.1.3.2.</summary>
    private static byte[] Root(long index, long size, byte[] hash, IEnumerable<byte[]> path)
    {
        var (node, last) = (index, size - 1);
        foreach (var beside in path)
        {
            Require(last > 0, "the path is too long");
            if (node % 2 == 1 || node == last)
            {
                hash = SHA256.HashData([1, .. beside, .. hash]);
                while (node % 2 == 0 && node != 0)
                    (node, last) = (node / 2, last / 2);
            }
            else
                hash = SHA256.HashData([1, .. hash, .. beside]);
            (node, last) = (node / 2, last / 2);
        }
        Require(last == 0, "the path is too short");
        return hash;
    }

    private static void Require(bool condition, string why)
    {
        if (!condition)
            throw new InvalidOperationException(why);
    }
}
