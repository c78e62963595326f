using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MyData.Tests.SignIn;

/// <summary>What an authenticator says of itself and of the ceremony; every default is an honest one.</summary>
public sealed record Ceremony
{
    public bool UserPresent { get; init; } = true;
    public bool UserVerified { get; init; } = true;
    public bool BackupEligible { get; init; }
    public bool BackedUp { get; init; }
    public string? RpId { get; init; }
    public string? Origin { get; init; }
    public string? Challenge { get; init; }
    public string? Type { get; init; }
    public bool? CrossOrigin { get; init; } = false;
    public string? TopOrigin { get; init; }
    public string Format { get; init; } = "none";
    public Action<CborWriter>? Statement { get; init; }
    public int Algorithm { get; init; } = -7;
    public uint? Count { get; init; }

    /// <summary>Changes the finished answer.</summary>
    public Func<byte[], byte[]>? Signature { get; init; }
    public string? UserHandle { get; init; }
}

/// <summary>An authenticator in software: one P-256 key, WebAuthn Level 3 §6.</summary>
public sealed class SoftAuthenticator(Uri portal) : IDisposable
{
    private const byte Present = 0x01;
    private const byte Verified = 0x04;
    private const byte Eligible = 0x08;
    private const byte Backed = 0x10;
    private const byte Attested = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private string? _userHandle;

    public byte[] CredentialId { get; } = RandomNumberGenerator.GetBytes(32);

    public uint Count { get; set; }

    /// <summary>The answer to <c>navigator.credentials.create</c>.</summary>
    public string Make(string options, Ceremony? ceremony = null)
    {
        var how = ceremony ?? new();
        using var asked = JsonDocument.Parse(options);
        _userHandle = asked.RootElement.GetProperty("user").GetProperty("id").GetString();
        var data = new List<byte>(Head(how, how.RpId ?? RpIdOf(asked), Attested));
        data.AddRange(new byte[16]);
        data.AddRange([0, (byte)CredentialId.Length]);
        data.AddRange(CredentialId);
        data.AddRange(PublicKey(how.Algorithm));
        var client = ClientData(how, "webauthn.create", asked);
        return Json(
            client,
            new() { ["attestationObject"] = Text(Attestation(how, [.. data])), ["transports"] = new[] { "internal" } }
        );
    }

    /// <summary>The answer to <c>navigator.credentials.get</c>.</summary>
    public string Use(string options, Ceremony? ceremony = null)
    {
        var how = ceremony ?? new();
        using var asked = JsonDocument.Parse(options);
        var data = Head(how, how.RpId ?? asked.RootElement.GetProperty("rpId").GetString()!, 0);
        var client = ClientData(how, "webauthn.get", asked);
        var signature = _key.SignData(
            [.. data, .. SHA256.HashData(client)],
            HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence
        );
        return Json(
            client,
            new()
            {
                ["authenticatorData"] = Text(data),
                ["signature"] = Text(how.Signature?.Invoke(signature) ?? signature),
                ["userHandle"] = how.UserHandle ?? _userHandle,
            }
        );
    }

    public void Dispose() => _key.Dispose();

    private static string RpIdOf(JsonDocument options) =>
        options.RootElement.GetProperty("rp").GetProperty("id").GetString()!;

    private byte[] Head(Ceremony how, string rpId, byte kind)
    {
        var data = new byte[37];
        SHA256.HashData(Encoding.UTF8.GetBytes(rpId), data);
        data[32] = (byte)(
            kind
            | (how.UserPresent ? Present : 0)
            | (how.UserVerified ? Verified : 0)
            | (how.BackupEligible ? Eligible : 0)
            | (how.BackedUp ? Backed : 0)
        );
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(33), how.Count ?? Count);
        return data;
    }

    private byte[] PublicKey(int algorithm)
    {
        var point = _key.ExportParameters(false).Q;
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(5);
        writer.WriteInt32(1);
        writer.WriteInt32(2);
        writer.WriteInt32(3);
        writer.WriteInt32(algorithm);
        writer.WriteInt32(-1);
        writer.WriteInt32(1);
        writer.WriteInt32(-2);
        writer.WriteByteString(point.X!);
        writer.WriteInt32(-3);
        writer.WriteByteString(point.Y!);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static byte[] Attestation(Ceremony how, byte[] data)
    {
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(3);
        writer.WriteTextString("fmt");
        writer.WriteTextString(how.Format);
        writer.WriteTextString("attStmt");
        if (how.Statement is { } statement)
            statement(writer);
        else
        {
            writer.WriteStartMap(0);
            writer.WriteEndMap();
        }
        writer.WriteTextString("authData");
        writer.WriteByteString(data);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private byte[] ClientData(Ceremony how, string type, JsonDocument asked)
    {
        var client = new Dictionary<string, object?>
        {
            ["type"] = how.Type ?? type,
            ["challenge"] = how.Challenge ?? asked.RootElement.GetProperty("challenge").GetString(),
            ["origin"] = how.Origin ?? portal.GetLeftPart(UriPartial.Authority),
        };
        if (how.CrossOrigin is { } cross)
            client["crossOrigin"] = cross;
        if (how.TopOrigin is { } top)
            client["topOrigin"] = top;
        return JsonSerializer.SerializeToUtf8Bytes(client);
    }

    private string Json(byte[] client, Dictionary<string, object?> response)
    {
        response["clientDataJSON"] = Text(client);
        return JsonSerializer.Serialize(
            new
            {
                id = Text(CredentialId),
                rawId = Text(CredentialId),
                type = "public-key",
                authenticatorAttachment = "platform",
                clientExtensionResults = new { },
                response,
            }
        );
    }

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
