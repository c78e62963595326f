using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

public sealed class JwsTests
{
    private static readonly Jwk Ec = Jwk.GenerateEc("ec", "sig");
    private static readonly Jwk Rsa = Jwk.GenerateRsa(2048, "rsa", "sig");
    private static readonly byte[] Payload = "{\"a\":1}"u8.ToArray();

    [Theory]
    [InlineData("ES256")]
    [InlineData("PS256")]
    public void Sign_EitherAlgorithm_VerifiesWithKidAndTyp(string alg)
    {
        var key = alg == "ES256" ? Ec : Rsa;
        var compact = Jws.Sign(
            key,
            alg,
            Payload,
            "receipt+jwt",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["n"] = 1 }
        );

        var content = Jws.Verify(compact, [Ec.PublicOnly(), Rsa.PublicOnly()], JoseNames.SignatureAlgs, "receipt+jwt");

        Assert.Equal(Payload, content.Payload);
        Assert.Equal(key.Kid, content.Key.Kid);
        Assert.Equal(1, content.Header.GetProperty("n").GetInt32());
        Assert.Equal("receipt+jwt", Jws.PeekHeader(compact).GetProperty("typ").GetString());
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("HS256")]
    [InlineData("none")]
    [InlineData("ES384")]
    public void Sign_OtherAlgorithm_RefusedByName(string alg) =>
        JoseVectors.AssertRefusedByName(Wycheproof.Refusal(() => Jws.Sign(Ec, alg, Payload)), "jose.alg_refused", alg);

    [Fact]
    public void Sign_PublicOrUnfitKey_Refused()
    {
        Assert.Equal("jose.key_refused", Wycheproof.Refusal(() => Jws.Sign(Ec.PublicOnly(), "ES256", Payload))?.Code);
        Assert.Equal("jose.key_refused", Wycheproof.Refusal(() => Jws.Sign(Rsa, "ES256", Payload))?.Code);
        Assert.Equal(
            "jose.key_refused",
            Wycheproof.Refusal(() => Jws.Sign(Jwk.GenerateEc("e", "enc"), "ES256", Payload))?.Code
        );
    }

    [Fact]
    public void Sign_HeaderThatRepeatsAnother_Throws() =>
        Assert.Throws<ArgumentException>(() =>
            Jws.Sign(
                Ec,
                "ES256",
                Payload,
                header: new Dictionary<string, object?>(StringComparer.Ordinal) { ["alg"] = "none" }
            )
        );

    [Theory]
    [InlineData("""{"alg":"ES256","kid":"ec","crit":["exp"],"exp":1}""", "jose.crit_refused")]
    [InlineData("""{"alg":"ES256","kid":"ec","crit":[]}""", "jose.crit_refused")]
    [InlineData("""{"alg":"ES256","kid":"ec","b64":false,"crit":["b64"]}""", "jose.crit_refused")]
    [InlineData("""{"alg":"ES256","kid":"ec","b64":true}""", "jose.crit_refused")]
    [InlineData("""{"alg":"ES256","kid":"ec","zip":"DEF"}""", "jose.zip_refused")]
    [InlineData("""{"alg":"ES256","alg":"ES256","kid":"ec"}""", "jose.format")]
    [InlineData("""{"alg":"ES256","\u0061lg":"none","kid":"ec"}""", "jose.format")]
    [InlineData("""{"alg":"ES256","kid":"ec","x":{"a":1,"a":2}}""", "jose.format")]
    [InlineData("""{"alg":"ES256","kid":7,"typ":"receipt+jwt"}""", "jose.format")]
    [InlineData("""{"alg":["ES256"],"kid":"ec"}""", "jose.format")]
    [InlineData("""{"kid":"ec"}""", "jose.alg_refused")]
    [InlineData("""{"alg":"es256","kid":"ec"}""", "jose.alg_refused")]
    [InlineData("""{"alg":"none","kid":"ec"}""", "jose.alg_refused")]
    [InlineData("""{"alg":"HS256","kid":"ec"}""", "jose.alg_refused")]
    [InlineData("""{"alg":"ES256","kid":"other","typ":"receipt+jwt"}""", "jose.key_unknown")]
    [InlineData("""{"alg":"ES256","kid":"rsa","typ":"receipt+jwt"}""", "jose.key_refused")]
    [InlineData("""{"alg":"PS256","kid":"ec","typ":"receipt+jwt"}""", "jose.key_refused")]
    [InlineData("""{"alg":"ES256","kid":"ec","typ":"jwt"}""", "jose.typ_refused")]
    [InlineData("""[{"alg":"ES256"}]""", "jose.format")]
    [InlineData("""{"alg":"ES256","kid":"ec",}""", "jose.format")]
    [InlineData("""{"alg":"ES256"/**/,"kid":"ec"}""", "jose.format")]
    [InlineData("", "jose.format")]
    public void Verify_HeaderThatIsRefused_RefusedByItsCodeThoughSigned(string header, string code)
    {
        var signed = $"{Base64UrlText.Encode(Encoding.UTF8.GetBytes(header))}.{Base64UrlText.Encode(Payload)}";
        var signature = SignatureAlgs.Sign(Ec, "ES256", Encoding.ASCII.GetBytes(signed));
        var compact = $"{signed}.{Base64UrlText.Encode(signature)}";

        var refusal = Wycheproof.Refusal(() => Jws.Verify(compact, [Ec, Rsa], JoseNames.SignatureAlgs, "receipt+jwt"));

        Assert.Equal(code, refusal?.Code);
    }

    /// <summary>A key in the header is a stranger's: DPoP takes it from there itself and then gives it, nobody else does.</summary>
    [Fact]
    public void Verify_KeyInHeader_NeverUsed()
    {
        var stranger = Jwk.GenerateEc("ec", "sig");
        var jwk = JsonDocument.Parse(stranger.PublicOnly().ToJson()).RootElement;
        var compact = Jws.Sign(
            stranger,
            "ES256",
            Payload,
            header: new Dictionary<string, object?>(StringComparer.Ordinal) { ["jwk"] = jwk }
        );

        Assert.Equal(
            "jose.signature",
            Wycheproof.Refusal(() => Jws.Verify(compact, [Ec], JoseNames.SignatureAlgs))?.Code
        );
        var own = Jwk.Parse(Jws.PeekHeader(compact).GetProperty("jwk"));
        Assert.Equal(Payload, Jws.Verify(compact, [own], JoseNames.SignatureAlgs).Payload);
    }

    [Fact]
    public void Verify_TextChangedAnywhere_Refused()
    {
        var compact = Jws.Sign(Ec, "ES256", Payload);

        for (var at = 0; at < compact.Length; at++)
        {
            var changed = compact.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            Assert.NotNull(Wycheproof.Refusal(() => Jws.Verify(new string(changed), [Ec], JoseNames.SignatureAlgs)));
        }
    }

    [Theory]
    [InlineData("{0}.{1}")]
    [InlineData("{0}.{1}.{2}.")]
    [InlineData("{0}.{1}.{2}.{2}")]
    [InlineData(" {0}.{1}.{2}")]
    [InlineData("{0}.{1}.{2}\n")]
    [InlineData("{0}.{1}=.{2}")]
    [InlineData("{0}.{1}.{2}==")]
    [InlineData("{0}.{1} .{2}")]
    public void Verify_OtherShape_Refused(string shape)
    {
        var parts = Jws.Sign(Ec, "ES256", Payload).Split('.');

        var refusal = Wycheproof.Refusal(() =>
            Jws.Verify(string.Format(null, shape, [.. parts]), [Ec], JoseNames.SignatureAlgs)
        );

        Assert.Equal("jose.format", refusal?.Code);
    }

    [Fact]
    public void Verify_AllowedAlgsOfTheCaller_Bind()
    {
        var compact = Jws.Sign(Ec, "ES256", Payload);

        var refusal = Wycheproof.Refusal(() => Jws.Verify(compact, [Ec], new HashSet<string> { "PS256" }));

        JoseVectors.AssertRefusedByName(refusal, "jose.alg_refused", "ES256");
    }

    /// <summary>Signing runs on many threads with one key.</summary>
    [Fact]
    public void Sign_InParallelWithOneKey_AllVerify()
    {
        var signed = new string[200];

        Parallel.For(0, signed.Length, i => signed[i] = Jws.Sign(Ec, "ES256", Encoding.ASCII.GetBytes($"{i}")));

        Parallel.For(
            0,
            signed.Length,
            i =>
                Assert.Equal(
                    $"{i}",
                    Encoding.ASCII.GetString(Jws.Verify(signed[i], [Ec], JoseNames.SignatureAlgs).Payload)
                )
        );
    }
}
