using System.Security.Cryptography;
using System.Text;

namespace MyData.Tests.Encryption;

/// <summary>The attack set of R27 on the ZIP itself: a name, the stable code, and how the file is made.</summary>
internal static class ZipAttacks
{
    private static readonly byte[] X = "x"u8.ToArray();
    private static readonly byte[] Zeros = new byte[10_000_000];
    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(700_000);

    public static IReadOnlyDictionary<string, (string Code, Func<byte[]> Make)> All { get; } =
        new Dictionary<string, (string, Func<byte[]>)>(StringComparer.Ordinal)
        {
            ["traversal by slash"] = Name("../data.csv", "package.zip_traversal"),
            ["traversal by back slash"] = Name("..\\data.csv", "package.zip_traversal"),
            ["traversal inside"] = Name("META-INFO/../../data.csv", "package.zip_traversal"),
            ["dot segment"] = Name("./data.csv", "package.zip_traversal"),
            ["empty segment"] = Name("META-INFO//data.csv", "package.zip_traversal"),
            ["absolute"] = Name("/etc/passwd", "package.zip_traversal"),
            ["absolute by back slash"] = Name("\\\\server\\share", "package.zip_traversal"),
            ["drive"] = Name("C:\\data.csv", "package.zip_traversal"),
            ["drive without root"] = Name("C:data.csv", "package.zip_traversal"),
            ["data stream"] = Name("data.csv:hidden", "package.zip_traversal"),
            ["other folder"] = Name("photos/a.csv", "package.zip_name"),
            ["folder in the folder"] = Name("META-INFO/a/b.csv", "package.zip_name"),
            ["control character"] = Name("data\u0007.csv", "package.zip_name"),
            ["NUL in name"] = Name("data.csv\0.exe", "package.zip_name"),
            ["direction override"] = Name("data\u202Evsc.exe", "package.zip_name"),
            ["device"] = Name("COM1.csv", "package.zip_name"),
            ["device in capitals and small letters"] = Name("cOn", "package.zip_name"),
            ["dot at the end"] = Name("data.csv.", "package.zip_name"),
            ["hidden file"] = Name(".htaccess", "package.zip_name"),
            ["no name"] = Name("", "package.zip_name"),
            ["name too long"] = Name(new string('a', 256), "package.zip_name"),
            ["name not UTF-8"] = Entry(new RawEntry([0xE9, 0x2E, 0x63], X), "package.zip_name"),
            ["symbolic link"] = Entry(new RawEntry("data.csv", X) { UnixMode = 0xA1FF }, "package.zip_symlink"),
            ["device node"] = Entry(new RawEntry("data.csv", X) { UnixMode = 0x21FF }, "package.zip_symlink"),
            ["name twice"] = Name("data.json", "package.zip_duplicate"),
            ["name twice but for case"] = Name("DATA.json", "package.zip_duplicate"),
            ["name twice but for the slash"] = Name("META-INFO\\manifest.xml", "package.zip_duplicate"),
            ["name twice but for composition"] = (
                "package.zip_duplicate",
                () => new Forger().With(new("e\u0301.csv", X), new("\u00E9.csv", X)).Build()
            ),
            ["file and folder of one name"] = Entry(new RawEntry("data.json/", []), "package.zip_duplicate"),
            ["encrypted"] = Entry(new RawEntry("data.csv", X) { Flags = 1 }, "package.zip_encrypted"),
            ["strongly encrypted"] = Entry(new RawEntry("data.csv", X) { Flags = 0x41 }, "package.zip_encrypted"),
            ["directory masked"] = Entry(new RawEntry("data.csv", X) { Flags = 0x2000 }, "package.zip_encrypted"),
            ["other compression"] = Entry(new RawEntry("data.csv", X) { Method = 12 }, "package.zip_method"),
            ["wrong CRC"] = Entry(new RawEntry("data.csv", X) { Crc = 1 }, "package.zip_crc"),
            ["two entries on the same bytes"] = Entry(new RawEntry("data.csv", X) { At = 0 }, "package.zip_overlap"),
            ["entry inside another"] = Entry(new RawEntry("data.csv", X) { At = 40 }, "package.zip_overlap"),
            ["entry in the directory"] = Entry(new RawEntry("data.csv", X) { At = 0x00FFFFFF }, "package.zip_overlap"),
            ["bytes between entries"] = Entry(new RawEntry("data.csv", X) { Gap = Noise[..10] }, "package.zip_overlap"),
            ["bytes in front"] = (
                "package.zip_overlap",
                () => RawZip.Write([new RawEntry("data.json", X) { Gap = Noise[..10] }])
            ),
            ["bytes in front, offsets left"] = ("package.zip_format", () => [.. Noise[..10], .. new Forger().Build()]),
            ["bytes behind"] = ("package.zip_format", () => [.. new Forger().Build(), 0]),
            ["second end record behind"] = (
                "package.zip_format",
                () => [.. new Forger().Build(), .. "PK\x05\x06"u8, .. new byte[18]]
            ),
            ["comment"] = End(r => [.. r[..20], 2, 0, .. "hi"u8]),
            ["several disks"] = End(r => [.. r[..4], 1, 0, .. r[6..]]),
            ["two counts of entries"] = End(r => [.. r[..8], 1, 0, .. r[10..]]),
            ["fewer entries counted"] = End(r => [.. r[..8], 1, 0, 1, 0, .. r[12..]]),
            ["more entries counted"] = End(r => [.. r[..8], 9, 0, 9, 0, .. r[12..]]),
            ["201 entries"] = ("package.zip_entries", () => new Forger().With(Many(197)).Build()),
            ["65,535 entries counted"] = (
                "package.zip_entries",
                () => new Forger { End = r => [.. r[..8], 255, 255, 255, 255, .. r[12..]] }.Build()
            ),
            ["bomb by ratio"] = Entry(new RawEntry("data.csv", Zeros) { Method = 8 }, "package.zip_bomb"),
            ["bomb by total"] = (
                "package.zip_bomb",
                () =>
                    new Forger().With([.. Many(4, Noise).Select(e => e with { Method = 8, Size = 60_000_000 })]).Build()
            ),
            ["bomb that says it is small"] = Entry(
                new RawEntry("data.csv", Zeros) { Method = 8, Size = 500_000 },
                "package.zip_bomb"
            ),
            ["sizes of ZIP64"] = Entry(
                new RawEntry("data.csv", X) { Method = 8, Size = uint.MaxValue },
                "package.zip_bomb"
            ),
            ["unpacks to less than it says"] = Entry(
                new RawEntry("data.csv", Noise) { Method = 8, Size = 700_001 },
                "package.zip_format"
            ),
            ["stored with two sizes"] = Entry(new RawEntry("data.csv", X) { Size = 2 }, "package.zip_format"),
            ["other size in front"] = Entry(new RawEntry("data.csv", X) { LocalSize = 2 }, "package.zip_format"),
            ["other name in front"] = Entry(
                new RawEntry("data.csv", X) { LocalName = "data.exe"u8.ToArray() },
                "package.zip_format"
            ),
            ["other flags in front"] = Entry(new RawEntry("data.csv", X) { LocalFlags = 1 }, "package.zip_format"),
            ["bytes behind packed data"] = Entry(
                new RawEntry("data.csv", Noise) { Method = 8, Hidden = [1] },
                "package.zip_format"
            ),
            ["packed data that does not unpack"] = (
                "package.zip_format",
                () =>
                    new Forger()
                        .With(
                            new RawEntry("data.csv", [])
                            {
                                Method = 8,
                                Hidden = [0xFF, 0xFF],
                                Size = 9,
                            }
                        )
                        .Build()
            ),
            ["folder with content"] = Entry(new RawEntry("META-INFO/", X), "package.zip_format"),
            ["ZIP in the ZIP"] = Entry(
                new RawEntry("data.zip", RawZip.Write([new RawEntry("data.json", X)])),
                "package.zip_nested"
            ),
            ["ZIP in the ZIP under another name"] = Entry(
                new RawEntry("data.pdf", RawZip.Write([new RawEntry("data.pdf", RawZip.Write([new RawEntry("a", X)]))]))
                {
                    Method = 8,
                },
                "package.zip_nested"
            ),
            ["no file at all"] = ("package.zip_format", () => []),
            ["no entries"] = ("package.missing", () => RawZip.Write([])),
            ["garbage"] = ("package.zip_format", () => Noise[..5000]),
            ["text"] = ("package.zip_format", () => Encoding.UTF8.GetBytes("<html>503 Service Unavailable</html>")),
        };

    private static (string, Func<byte[]>) Name(string name, string code) => Entry(new RawEntry(name, X), code);

    private static (string, Func<byte[]>) Entry(RawEntry entry, string code) =>
        (code, () => new Forger().With(entry).Build());

    private static (string, Func<byte[]>) End(Func<byte[], byte[]> change) =>
        ("package.zip_format", () => new Forger { End = change }.Build());

    private static RawEntry[] Many(int count, byte[]? content = null) =>
        [.. Enumerable.Range(0, count).Select(i => new RawEntry($"data{i:D3}.csv", content ?? X))];
}
