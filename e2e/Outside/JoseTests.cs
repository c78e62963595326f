using System.Text;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;
using MyData.E2E.Browser;
using MyData.E2E.Support;

namespace MyData.E2E.Outside;

/// <summary>Requirement R07: what we make another implementation reads, and the other way round, for every alg and enc that we offer.</summary>
public sealed class JoseTests(NpmJose jose, BrowserModules modules)
    : IClassFixture<NpmJose>,
        IClassFixture<BrowserModules>
{
    private const string Text = "您的資料 𠮷 your data";
    private static readonly byte[] Bytes = Encoding.UTF8.GetBytes(Text);
    private static readonly Jwk Ec = Jwk.GenerateEc("ec");
    private static readonly Jwk Rsa = Jwk.GenerateRsa(2048, "rsa");
    private static readonly Jwk Secret = Jwk.FromSecret([.. Enumerable.Range(0, 32).Select(i => (byte)i)], "secret");
    private static readonly Jwk Gcm = Jwk.FromSecret(
        [.. Enumerable.Range(32, 32).Select(i => (byte)i)],
        "gcm",
        JoseNames.A256GcmKw
    );
    private static readonly Jwk EcSigner = Jwk.GenerateEc("ec-sig", "sig");
    private static readonly Jwk RsaSigner = Jwk.GenerateRsa(2048, "rsa-sig", "sig");

    private static readonly (string Alg, Jwk Key)[] Wrapping =
    [
        (JoseNames.EcdhEsA256Kw, Ec),
        (JoseNames.RsaOaep256, Rsa),
        (JoseNames.A256Kw, Secret),
        (JoseNames.A256GcmKw, Gcm),
    ];

    private static readonly (string Alg, Jwk Key)[] Signing =
    [
        (JoseNames.Es256, EcSigner),
        (JoseNames.Ps256, RsaSigner),
    ];

    private static IEnumerable<(string Alg, Jwk Key, string Enc)> Pairs =>
        from pair in Wrapping
        from enc in JoseNames.ContentAlgs
        select (pair.Alg, pair.Key, enc);

    [Fact]
    public void Algorithms_AreAllThatWeOffer()
    {
        Assert.Equal(JoseNames.KeyAlgs.Order(), Wrapping.Select(pair => pair.Alg).Order());
        Assert.Equal(JoseNames.SignatureAlgs.Order(), Signing.Select(pair => pair.Alg).Order());
    }

    [Fact]
    public async Task Ours_EveryAlgorithm_IsReadByJose()
    {
        var signed = Signing.Select(pair =>
            Job("verify", pair.Alg, Given(pair.Key), token: Jws.Sign(pair.Key, pair.Alg, Bytes))
        );
        var sealedOnes = Pairs.Select(pair =>
            Job("decrypt", pair.Alg, pair.Key, pair.Enc, Jwe.EncryptCompact(Bytes, Given(pair.Key), pair.Alg, pair.Enc))
        );
        var answers = await jose.DoAsync(signed.Concat(sealedOnes));
        Assert.Equal(Signing.Length + Pairs.Count(), answers.Length);
        Assert.All(answers, answer => Assert.Equal(Text, answer));
    }

    [Fact]
    public async Task Ours_ForFourRecipients_AreReadByJoseForEach()
    {
        var keys = Wrapping.Select(pair => Given(pair.Key)).ToList();
        var jobs = JoseNames.ContentAlgs.SelectMany(enc =>
        {
            var json = Jwe.EncryptJson(Bytes, keys, enc);
            return Wrapping.Select(pair => Job("decryptJson", pair.Alg, pair.Key, enc, json));
        });
        Assert.All(await jose.DoAsync(jobs), answer => Assert.Equal(Bytes, Base64UrlText.TryDecode(answer)));
    }

    [Fact]
    public async Task SealedPackage_IsOpenedByJoseForBothKindsOfRecipient()
    {
        var zip = BrowserPackages.Default.Write();
        var json = Encoding.UTF8.GetString(BrowserPackages.Seal(zip, out _, Ec.PublicOnly(), Rsa.PublicOnly()));
        var answers = await jose.DoAsync([
            Job("decryptJson", JoseNames.EcdhEsA256Kw, Ec, JoseNames.A256Gcm, json),
            Job("decryptJson", JoseNames.RsaOaep256, Rsa, JoseNames.A256Gcm, json),
        ]);
        Assert.All(answers, answer => Assert.Equal(zip, Base64UrlText.TryDecode(answer)));
    }

    [Fact]
    public async Task Joses_EveryAlgorithm_IsReadByUs()
    {
        var signed = await jose.DoAsync(Signing.Select(pair => Job("sign", pair.Alg, pair.Key)));
        foreach (var (token, key) in signed.Zip(Signing.Select(pair => Given(pair.Key))))
            Assert.Equal(Bytes, Jws.Verify(token, [key], JoseNames.SignatureAlgs).Payload);
        var sealedOnes = await jose.DoAsync(Pairs.Select(pair => Job("encrypt", pair.Alg, Given(pair.Key), pair.Enc)));
        foreach (var (token, pair) in sealedOnes.Zip(Pairs))
            Assert.Equal(Bytes, Jwe.Decrypt(token, pair.Key));
        var shared = await jose.DoAsync(
            JoseNames.ContentAlgs.Select(enc =>
            {
                var job = Job("encryptJson", JoseNames.EcdhEsA256Kw, Ec.PublicOnly(), enc);
                job["recipients"] = new JsonArray([
                    .. Wrapping.Select(pair => new JsonObject
                    {
                        ["alg"] = pair.Alg,
                        ["key"] = JsonNode.Parse(Given(pair.Key).ToJson()),
                    }),
                ]);
                return job;
            })
        );
        foreach (var json in shared)
        foreach (var (_, key) in Wrapping)
            Assert.Equal(Bytes, Jwe.DecryptJson(json, key));
    }

    [Fact]
    public async Task Joses_EveryAlgorithm_IsReadByTheBrowsersModules()
    {
        var signed = await jose.DoAsync(Signing.Select(pair => Job("sign", pair.Alg, pair.Key)));
        var sealedOnes = await jose.DoAsync(Pairs.Select(pair => Job("encrypt", pair.Alg, Given(pair.Key), pair.Enc)));
        var signatures = signed.Zip(Signing, (token, pair) => Group("public", Given(pair.Key), "jws", token));
        var encryptions = sealedOnes.Zip(Pairs, (token, pair) => Group("private", pair.Key, "jwe", token));
        await using var page = await modules.OpenAsync();
        VectorLine[] lines =
        [
            .. await page.CallAsync<VectorLine[]>("/checks/vectors.js", "signatures", signatures),
            .. await page.CallAsync<VectorLine[]>("/checks/vectors.js", "encryptions", encryptions),
        ];
        Assert.Equal(Signing.Length + Pairs.Count(), lines.Length);
        Assert.All(lines, line => Assert.True(line.IsAccepted, line.ToString()));
        page.AssertQuiet();
    }

    // What she who seals or verifies is given; a shared secret has no public half.
    private static Jwk Given(Jwk key) => key.Kty == "oct" ? key : key.PublicOnly();

    // As the published vectors stand: a key, and what was made with it.
    private static JsonObject Group(string half, Jwk key, string kind, string token) =>
        new()
        {
            [half] = JsonNode.Parse(key.ToJson()),
            ["tests"] = new JsonArray(
                new JsonObject
                {
                    ["tcId"] = 1,
                    ["comment"] = key.Kid,
                    ["result"] = "valid",
                    [kind] = token,
                    ["pt"] = Convert.ToHexStringLower(Bytes),
                }
            ),
        };

    private static JsonObject Job(string what, string alg, Jwk key, string? enc = null, string? token = null) =>
        new()
        {
            ["do"] = what,
            ["alg"] = alg,
            ["enc"] = enc,
            ["key"] = JsonNode.Parse(key.ToJson()),
            ["token"] = token,
            ["text"] = Text,
        };
}
