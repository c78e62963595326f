using System.Buffers.Text;
using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Tests.SignIn;

/// <summary>
/// The W3C's pairs (WebAuthn Level 3 §16) against the portal's rules on the framework's handler. All of them are valid; the
/// portal takes the ones that its rules admit, and refuses the others for the reason that is named.
/// </summary>
public sealed class WebAuthnVectorTests
{
    private const byte UserVerified = 0x04;
    private static readonly int[] Admitted = [-7, -257];

    // What .NET can check at all: the EC curves of NIST, and RSA.
    private static readonly int[] Supported = [-7, -35, -36, -257];

    public static TheoryData<string> Pairs =>
        [
            "none-es256",
            "packed-self-es256",
            "none-es256-crossOrigin",
            "none-es256-topOrigin",
            "none-es256-long-credential-id",
            "packed-es256",
            "packed-es384",
            "packed-es512",
            "packed-rs256",
            "packed-eddsa",
            "packed-ed448",
            "tpm-es256",
            "android-key-es256",
            "apple-es256",
            "fido-u2f-es256",
        ];

    [Theory, MemberData(nameof(Pairs))]
    public async Task Registration_OfThePair_IsDecidedByTheRules(string name)
    {
        var pair = Pair(name);
        var rules = await MakeAsync(pair, Ours);
        Assert.Equal(pair is { Format: "none", CrossOrigin: false } && pair.MadeVerified && Admits(pair), rules);
        // And where only user verification stands against it, that alone is what refuses it.
        var unverified = await MakeAsync(pair, AnyVerification);
        Assert.Equal(pair is { Format: "none", CrossOrigin: false } && Admits(pair), unverified);
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Authentication_OfThePair_IsDecidedByTheRules(string name)
    {
        var pair = Pair(name);
        Assert.Equal(pair is { CrossOrigin: false, UsedVerified: true } && Checks(pair), await UseAsync(pair, Ours));
        Assert.Equal(pair is { CrossOrigin: false } && Checks(pair), await UseAsync(pair, AnyVerification));
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Authentication_WithAnyBitOfTheSignatureChanged_IsRefused(string name)
    {
        var pair = Pair(name);
        for (var i = 0; i < pair.Signature.Length; i++)
        {
            var changed = (byte[])pair.Signature.Clone();
            changed[i] ^= 1;
            Assert.False(await UseAsync(pair with { Signature = changed }, AnyVerification), $"byte {i}");
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void AttestationStatement_OfThePair_IsAdmittedOnlyWhereThereIsNone(string name) =>
        Assert.Equal(Pair(name).Format == "none", PasskeyRules.HasNoStatement(Pair(name).AttestationObject));

    // Wherever it is cut or changed, what is not a whole "none" is not taken for one.
    [Fact]
    public void AttestationStatement_CutAnywhere_IsRefused()
    {
        var whole = Pair("none-es256").AttestationObject;
        Assert.True(PasskeyRules.HasNoStatement(whole));
        for (var length = 0; length < whole.Length; length++)
            Assert.False(PasskeyRules.HasNoStatement(whole.AsMemory(0, length)), $"{length} bytes");
    }

    private static bool Admits(Vector pair) => Admitted.Contains(pair.Algorithm);

    private static bool Checks(Vector pair) => Supported.Contains(pair.Algorithm);

    private static void Ours(IdentityPasskeyOptions options) =>
        PasskeyRules.Configure(options, new MyDataSettings { Origin = "https://example.org" });

    private static void AnyVerification(IdentityPasskeyOptions options)
    {
        Ours(options);
        options.UserVerificationRequirement = "preferred";
    }

    private static async Task<bool> MakeAsync(Vector pair, Action<IdentityPasskeyOptions> rules)
    {
        var user = new PasskeyUser(Guid.Empty);
        await using var services = Services(rules, new OneKey(user, null));
        var handler = services.GetRequiredService<IPasskeyHandler<PasskeyUser>>();
        var context = new DefaultHttpContext { RequestServices = services };
        var options = await handler.MakeCreationOptionsAsync(
            new()
            {
                Id = user.Id.ToString("N"),
                Name = "v",
                DisplayName = "v",
            },
            context
        );
        var result = await handler.PerformAttestationAsync(
            new()
            {
                HttpContext = context,
                AttestationState = WithChallenge(options.AttestationState!, pair.MakeChallenge),
                CredentialJson = Credential(
                    pair,
                    new()
                    {
                        ["clientDataJSON"] = Text(pair.MakeClientData),
                        ["attestationObject"] = Text(pair.AttestationObject),
                        ["transports"] = new JsonArray(),
                    }
                ),
            }
        );
        return result.Succeeded;
    }

    private static async Task<bool> UseAsync(Vector pair, Action<IdentityPasskeyOptions> rules)
    {
        var user = new PasskeyUser(Guid.Empty);
        // Eligibility for backup may not change (§7.2); the vectors' second halves are as their first.
        var eligible = (pair.AuthenticatorData[32] & 0x08) != 0;
        var info = new UserPasskeyInfo(
            pair.CredentialId,
            pair.PublicKey,
            default,
            0,
            [],
            true,
            eligible,
            false,
            [],
            []
        );
        await using var services = Services(rules, new OneKey(user, info));
        var handler = services.GetRequiredService<IPasskeyHandler<PasskeyUser>>();
        var context = new DefaultHttpContext { RequestServices = services };
        var options = await handler.MakeRequestOptionsAsync(null, context);
        var result = await handler.PerformAssertionAsync(
            new()
            {
                HttpContext = context,
                AssertionState = WithChallenge(options.AssertionState!, pair.UseChallenge),
                CredentialJson = Credential(
                    pair,
                    new()
                    {
                        ["clientDataJSON"] = Text(pair.UseClientData),
                        ["authenticatorData"] = Text(pair.AuthenticatorData),
                        ["signature"] = Text(pair.Signature),
                        ["userHandle"] = Text(Encoding.UTF8.GetBytes(user.Id.ToString("N"))),
                    }
                ),
            }
        );
        return result.Succeeded;
    }

    private static ServiceProvider Services(Action<IdentityPasskeyOptions> rules, IUserStore<PasskeyUser> store)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddIdentityCore<PasskeyUser>();
        services.AddSingleton(store);
        services.AddScoped<IPasskeyHandler<PasskeyUser>, PasskeyHandler<PasskeyUser>>();
        services.Configure(rules);
        return services.BuildServiceProvider();
    }

    private static string WithChallenge(string state, byte[] challenge)
    {
        var json = JsonNode.Parse(state)!.AsObject();
        var member = json.Single(m => m.Key.Equals("challenge", StringComparison.OrdinalIgnoreCase)).Key;
        json[member] = Convert.ToBase64String(challenge);
        return json.ToJsonString();
    }

    private static string Credential(Vector pair, JsonObject response) =>
        new JsonObject
        {
            ["id"] = Text(pair.CredentialId),
            ["rawId"] = Text(pair.CredentialId),
            ["type"] = "public-key",
            ["clientExtensionResults"] = new JsonObject(),
            ["response"] = response,
        }.ToJsonString();

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static Vector Pair(string name) =>
        Vector.Read(
            Vectors
                .Json("webauthn-w3c/test-vectors.json")
                .EnumerateArray()
                .Single(v => v.GetProperty("anchor").GetString() == $"sctn-test-vectors-{name}")
        );

    private sealed record Vector(
        byte[] CredentialId,
        byte[] MakeChallenge,
        byte[] MakeClientData,
        byte[] AttestationObject,
        byte[] UseChallenge,
        byte[] UseClientData,
        byte[] AuthenticatorData,
        byte[] Signature
    )
    {
        public string Format { get; private init; } = "";
        public byte[] MadeData { get; private init; } = [];
        public byte[] PublicKey { get; private init; } = [];
        public int Algorithm { get; private init; }

        public bool CrossOrigin =>
            Encoding.UTF8.GetString(MakeClientData).Contains("\"crossOrigin\":true", StringComparison.Ordinal);

        public bool MadeVerified => (MadeData[32] & UserVerified) != 0;
        public bool UsedVerified => (AuthenticatorData[32] & UserVerified) != 0;

        public static Vector Read(JsonElement vector)
        {
            var (make, use) = (vector.GetProperty("blocks")[0], vector.GetProperty("blocks")[1]);
            var attestation = Bytes(make, "attestationObject");
            var (format, data) = Open(attestation);
            var key = data[(55 + Bytes(make, "credential_id").Length)..];
            return new Vector(
                Bytes(make, "credential_id"),
                Bytes(make, "challenge"),
                Bytes(make, "clientDataJSON"),
                attestation,
                Bytes(use, "challenge"),
                Bytes(use, "clientDataJSON"),
                Bytes(use, "authenticatorData"),
                Bytes(use, "signature")
            )
            {
                Format = format,
                MadeData = data,
                PublicKey = key,
                Algorithm = AlgorithmOf(key),
            };
        }

        private static byte[] Bytes(JsonElement block, string name) =>
            Convert.FromHexString(block.GetProperty(name).GetString()!);

        private static (string Format, byte[] Data) Open(byte[] attestation)
        {
            var reader = new CborReader(attestation);
            reader.ReadStartMap();
            reader.ReadTextString();
            var format = reader.ReadTextString();
            reader.ReadTextString();
            reader.SkipValue();
            reader.ReadTextString();
            return (format, reader.ReadByteString());
        }

        private static int AlgorithmOf(byte[] key)
        {
            var reader = new CborReader(key);
            reader.ReadStartMap();
            while (reader.ReadInt32() != 3)
                reader.SkipValue();
            return reader.ReadInt32();
        }
    }

    /// <summary>One user with one key, so that the rules alone decide.</summary>
    private sealed class OneKey(PasskeyUser user, UserPasskeyInfo? key) : IUserPasskeyStore<PasskeyUser>
    {
        public Task<PasskeyUser?> FindByIdAsync(string userId, CancellationToken token) =>
            Task.FromResult(userId == user.Id.ToString("N") ? user : null);

        public Task<PasskeyUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken token) =>
            Task.FromResult<PasskeyUser?>(null);

        public Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyUser _, byte[] credentialId, CancellationToken token) =>
            Task.FromResult(key is not null && key.CredentialId.SequenceEqual(credentialId) ? key : null);

        public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyUser _, CancellationToken token) =>
            Task.FromResult<IList<UserPasskeyInfo>>(key is null ? [] : [key]);

        public Task<string> GetUserIdAsync(PasskeyUser _, CancellationToken token) =>
            Task.FromResult(user.Id.ToString("N"));

        public Task<string?> GetUserNameAsync(PasskeyUser _, CancellationToken token) => Task.FromResult<string?>(null);

        public Task<string?> GetNormalizedUserNameAsync(PasskeyUser _, CancellationToken token) =>
            Task.FromResult<string?>(null);

        public Task<PasskeyUser?> FindByNameAsync(string name, CancellationToken token) =>
            Task.FromResult<PasskeyUser?>(null);

        public Task AddOrUpdatePasskeyAsync(PasskeyUser _, UserPasskeyInfo passkey, CancellationToken token) =>
            Task.CompletedTask;

        public Task RemovePasskeyAsync(PasskeyUser _, byte[] credentialId, CancellationToken token) =>
            Task.CompletedTask;

        public Task SetUserNameAsync(PasskeyUser _, string? name, CancellationToken token) => Task.CompletedTask;

        public Task SetNormalizedUserNameAsync(PasskeyUser _, string? name, CancellationToken token) =>
            Task.CompletedTask;

        public Task<IdentityResult> CreateAsync(PasskeyUser _, CancellationToken token) =>
            Task.FromResult(IdentityResult.Success);

        public Task<IdentityResult> UpdateAsync(PasskeyUser _, CancellationToken token) =>
            Task.FromResult(IdentityResult.Success);

        public Task<IdentityResult> DeleteAsync(PasskeyUser _, CancellationToken token) =>
            Task.FromResult(IdentityResult.Success);

        public void Dispose() { }
    }
}
