using FsCheck;
using FsCheck.Fluent;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Round trips for whatever the generator thinks of.</summary>
public sealed class PropertyTests
{
    private static readonly Jwk Citizen = Jwk.GenerateEc("c");
    private static readonly Jwk Signer = Jwk.GenerateEc("s", "sig");

    [Fact]
    public void Base64Url_AnyBytes_RoundTripAndHaveOneSpelling() =>
        Check<byte[]>(bytes =>
        {
            var text = Base64UrlText.Encode(bytes);
            Assert.Equal(bytes, Base64UrlText.Decode(text));
            Assert.Equal(bytes, Base64UrlText.Decode(System.Text.Encoding.ASCII.GetBytes(text)));
            Assert.Null(Base64UrlText.TryDecode(text + "="));
            Assert.Null(Base64UrlText.TryDecode(text + " "));
        });

    [Fact]
    public void Base64Url_AnyText_DecodesOnlyWhatItEncodes() =>
        Check<string>(text =>
        {
            if (text is not null && Base64UrlText.TryDecode(text) is { } bytes)
                Assert.Equal(text, Base64UrlText.Encode(bytes));
        });

    [Fact]
    public void KeyWrap_AnyKey_RoundTrips() =>
        Check<byte[]>(bytes =>
        {
            byte[] key = [.. bytes, .. new byte[16 + ((8 - (bytes.Length % 8)) % 8)]];
            var wrapped = AesKeyWrap.Wrap(new byte[32], key);
            Assert.Equal(key, AesKeyWrap.Unwrap(new byte[32], wrapped));
            wrapped[bytes.Length % wrapped.Length] ^= 1;
            Assert.Null(AesKeyWrap.Unwrap(new byte[32], wrapped));
        });

    [Fact]
    public void Jws_AnyPayload_RoundTrips() =>
        Check<byte[]>(payload =>
            Assert.Equal(
                payload,
                Jws.Verify(Jws.Sign(Signer, "ES256", payload), [Signer], JoseNames.SignatureAlgs).Payload
            )
        );

    [Fact]
    public void Jwe_AnyPlainText_RoundTrips() =>
        Check<byte[]>(text =>
        {
            foreach (var enc in JoseNames.ContentAlgs)
            {
                Assert.Equal(text, Jwe.Decrypt(Jwe.EncryptCompact(text, Citizen, "ECDH-ES+A256KW", enc), Citizen));
                Assert.Equal(text, Jwe.DecryptJson(Jwe.EncryptJson(text, [Citizen], enc, aad: text), Citizen));
            }
        });

    [Fact]
    public void SealedPackage_AnyContent_RoundTrips() =>
        Check<NonEmptyArray<byte>>(zip =>
        {
            var package = SealedPackage.Seal(zip.Get, Samples.Request(Citizen), out var digest);
            var opened = SealedPackage.Open(package, Citizen);
            Assert.Equal(zip.Get, opened.Zip);
            Assert.Equal(digest, opened.Digest);
        });

    [Fact]
    public void Package_AnyFiles_RoundTrip() =>
        Check<byte[][]>(
            contents =>
            {
                var files = contents.Select((c, i) => new PackageFile($"f{i}.csv", c)).ToArray();
                using var package = PackageReader.Read(Samples.Package(files), PackageLimits.Default);
                foreach (var file in files)
                    Assert.Equal(file.Content.ToArray(), package.Read(file.Name));
            },
            max: 40
        );

    [Fact]
    public void SealDigest_AnyBytes_DisplayIsTheFirst60BitsInCrockford() =>
        Check<ulong>(value =>
        {
            var bytes = new byte[32];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
            var digest = new SealDigest(bytes);
            Assert.Matches("^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", digest.Display());
            var read = digest
                .Display()
                .Where(c => c != '-')
                .Aggregate(0UL, (sum, c) => (sum << 5) | (uint)"0123456789ABCDEFGHJKMNPQRSTVWXYZ".IndexOf(c));
            Assert.Equal(value >> 4, read);
            Assert.Equal(digest, SealDigest.Parse(digest.Hex));
            Assert.Equal(digest.GetHashCode(), SealDigest.Parse(digest.Hex.ToUpperInvariant()).GetHashCode());
        });

    [Fact]
    public void Crc32_AnyCut_SameAsInOne() =>
        Check<byte[]>(bytes =>
        {
            var whole = bytes.Aggregate(0u, (crc, b) => Crc32.Append(crc, [b]));
            Assert.Equal(whole, Crc32.Of(bytes));
        });

    /// <summary>APPNOTE's check value: the CRC of the digits 1 to 9.</summary>
    [Fact]
    public void Crc32_OfTheDigits_IsTheCheckValue() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000g")]
    public void SealDigest_OtherText_Refused(string hex) =>
        Assert.Equal("seal.digest_format", Wycheproof.Refusal(() => SealDigest.Parse(hex))?.Code);

    private static void Check<T>(Action<T> property, int max = 100) =>
        FsCheck
            .Fluent.Prop.ForAll(ArbMap.Default.ArbFor<T>(), property)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(max));
}
