using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using MyData.Core.Citizens;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Load.Browsing;
using MyData.Load.Report;
using MyData.Load.Running;

namespace MyData.Load.Ledger;

/// <summary>
/// A reader of the whole log who tries every national ID number that there can be, against every tag and hash of a log that callers have
/// filled: he must find nobody. The control is a plain hash of one of the persons, which he must find (ledger.md, "Tags").
/// </summary>
/// <remarks>
/// <c>IDS_SECONDS</c> ends it earlier than ten minutes. The numbers of the persons come first, so that a short run tries those.
/// </remarks>
public sealed class NumberSearch : IMeasurement
{
    private const int Records = 5_000;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Seconds = "1289";
    private const int Slices = 1_000;
    private const int InSlice = 10_000;
    private const int NumberLength = 10;

    public string Name => "ids";

    public TimeSpan Limit => TimeSpan.FromMinutes(15);

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench)
    {
        var folder = bench.Workspace.NewFolder("ids");
        var database = $"Data Source={Path.Combine(folder, "mydata.db")}";
        await using var engine = await Engine.StartAsync(database, folder, new LedgerSettings(), bench.Stop);
        await new Writers(engine).SignedAsync(Records, bench.Stop);
        var seen = await ReadAsync(engine, bench.Stop);
        Bench.Say($"{Records} records about 1,000 persons, {seen.Count} tags and hashes; trying numbers …");
        var control = NationalId.Complete($"A1{777:0000000}").Value;
        var plain = First(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(control)));
        var log = engine.Log;
        var watch = Stopwatch.StartNew();
        var (tried, hits, found) = (0L, 0L, 0L);
        var chunks =
            from letter in Letters
            from second in Seconds
            from slice in Enumerable.Range(0, Slices)
            select (letter, second, slice);
        Parallel.ForEach(
            chunks.TakeWhile(_ => watch.Elapsed < Longest),
            new ParallelOptions { CancellationToken = bench.Stop },
            chunk =>
            {
                var (here, controls) = Try(chunk, seen, plain, log);
                Interlocked.Add(ref tried, InSlice);
                Interlocked.Add(ref hits, here);
                Interlocked.Add(ref found, controls);
            }
        );
        return Figures(tried, hits, found, watch.Elapsed);
    }

    private static TimeSpan Longest =>
        double.TryParse(
            Environment.GetEnvironmentVariable("IDS_SECONDS"),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var seconds
        )
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromMinutes(10);

    private static IReadOnlyList<Figure> Figures(long tried, long hits, long found, TimeSpan time)
    {
        var all = (double)Letters.Length * Seconds.Length * Slices * InSlice;
        var rate = tried / time.TotalSeconds;
        return
        [
            new()
            {
                Name = "national ID numbers tried against every tag and hash of a log",
                Target = "—",
                Unit = "",
                Samples = new Samples([tried]),
                Yardstick = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100 * tried / all:0.00} % of all numbers in {time.TotalSeconds:0} s, {rate:#,0}/s; all of them take {all / rate / 60:0} min here"
                ),
            },
            new()
            {
                Name = "persons found by trying numbers",
                Target = "0",
                Unit = "",
                Samples = new Samples([hits]),
                Met = hits == 0,
            },
            new()
            {
                Name = "control: a plain hash among them found",
                Target = "1",
                Unit = "",
                Samples = new Samples([found]),
                Met = found == 1,
            },
        ];
    }

    private static (long Hits, long Controls) Try(
        (char Letter, char Second, int Slice) chunk,
        HashSet<UInt128> seen,
        UInt128 control,
        OpenLog log
    )
    {
        var sha = new WideSha256();
        var (numbers, whos) = (WideSha256.NewBlocks(), WideSha256.NewBlocks());
        Span<byte> tagged = stackalloc byte[WideSha256.LongestMessage + 1 + sizeof(ulong)];
        var length = TagMessage(log, tagged);
        WideSha256.Pad(tagged, length, before: 1);
        for (var lane = 0; lane < WideSha256.Lanes; lane++)
        {
            WideSha256.Pad(WideSha256.Block(numbers, lane), NumberLength);
            Who.CopyTo(WideSha256.Block(whos, lane));
            WideSha256.Pad(WideSha256.Block(whos, lane), Who.Length + NumberLength);
        }
        var (hits, controls) = (0L, 0L);
        for (var n = 0; n < InSlice; n += WideSha256.Lanes)
        {
            for (var lane = 0; lane < WideSha256.Lanes; lane++)
            {
                var number = WideSha256.Block(numbers, lane)[..NumberLength];
                Write(number, chunk, n + lane);
                number.CopyTo(WideSha256.Block(whos, lane)[Who.Length..]);
            }
            // The number itself, as a hash; as the key of tags; as the one in "who" would be without a salt.
            sha.HashOf(numbers);
            for (var lane = 0; lane < WideSha256.Lanes; lane++)
            {
                controls += sha.First(lane) == control ? 1 : 0;
                hits += seen.Contains(sha.First(lane)) ? 1 : 0;
            }
            sha.HmacOf(sha.Hash, tagged);
            if (n == 0)
                Check(sha, numbers, log);
            for (var lane = 0; lane < WideSha256.Lanes; lane++)
                hits += seen.Contains(sha.First(lane)) ? 1 : 0;
            sha.HashOf(whos);
            for (var lane = 0; n == 0 && lane < WideSha256.Lanes; lane++)
                if (
                    sha.First(lane)
                    != First(SHA256.HashData(WideSha256.Block(whos, lane)[..(Who.Length + NumberLength)]))
                )
                    throw new LoadException("What is tried is no hash at all.");
            for (var lane = 0; lane < WideSha256.Lanes; lane++)
                hits += seen.Contains(sha.First(lane)) ? 1 : 0;
        }
        return (hits, controls);
    }

    /// <summary>What a tag is the code of, with the first counter (<see cref="PersonTag"/>).</summary>
    private static int TagMessage(OpenLog log, Span<byte> message)
    {
        var origin = System.Text.Encoding.UTF8.GetBytes(log.Origin);
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)origin.Length);
        origin.CopyTo(message[sizeof(ushort)..]);
        var rest = message[(sizeof(ushort) + origin.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)log.Year);
        rest[sizeof(ushort)..(sizeof(ushort) + sizeof(long))].Clear();
        return sizeof(ushort) + origin.Length + sizeof(ushort) + sizeof(long);
    }

    private static void Check(WideSha256 sha, byte[] numbers, OpenLog log)
    {
        for (var lane = 0; lane < WideSha256.Lanes; lane++)
        {
            var number = WideSha256.Block(numbers, lane)[..NumberLength];
            if (sha.First(lane) != First(PersonTag.Compute(SHA256.HashData(number), log.Origin, log.Year, 0)))
                throw new LoadException("What is tried is no tag at all.");
        }
    }

    private static ReadOnlySpan<byte> Who => "mydata.ledger/who/v1\n\0\u000a"u8;

    // One letter, nine digits, weighted sum divisible by ten (protocols.md, Part C).
    private static void Write(Span<byte> number, (char Letter, char Second, int Slice) chunk, int n)
    {
        var code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".IndexOf(chunk.Letter, StringComparison.Ordinal) + 10;
        (number[0], number[1]) = ((byte)chunk.Letter, (byte)chunk.Second);
        var digits = chunk.Slice * InSlice + n;
        for (var at = 8; at >= 2; at--)
        {
            number[at] = (byte)('0' + digits % 10);
            digits /= 10;
        }
        var sum = code / 10 + 9 * (code % 10);
        for (var at = 1; at <= 8; at++)
            sum += (9 - at) * (number[at] - '0');
        number[9] = (byte)('0' + (10 - sum % 10) % 10);
        if (n == 0 && !NationalId.TryParse(System.Text.Encoding.ASCII.GetString(number), out _))
            throw new LoadException("What is tried is no number at all.");
    }

    /// <summary>Everything in the log that could be made of a person: the first 16 bytes of each.</summary>
    private static async Task<HashSet<UInt128>> ReadAsync(Engine engine, CancellationToken token)
    {
        var files = engine.Get<LedgerFiles>().Find(engine.Log.Year)!;
        var size = engine.Log.Proven!.Checkpoint.Size;
        var seen = new HashSet<UInt128>();
        for (var number = 0L; number * Tile.FullWidth < size; number++)
        {
            var width = (int)Math.Min(Tile.FullWidth, size - number * Tile.FullWidth);
            var path = new TilePath(TilePath.Entries, number, width).ToString();
            var bundle = await files.ReadAsync(path, token) ?? throw new LoadException($"The log has no {path}.");
            Add(seen, bundle);
        }
        return seen;
    }

    private static void Add(HashSet<UInt128> seen, byte[] bytes)
    {
        var bundle = new EntryBundle(bytes);
        while (bundle.TryNext(out var entry))
        {
            var record = LedgerRecord.Parse(entry);
            byte[]?[] hashes =
            [
                .. record.Tags,
                record.PersonsHash,
                record.ConsentHash,
                record.Actor,
                record.RequestHash,
                record.ResponseHash,
            ];
            foreach (var hash in hashes.OfType<byte[]>())
                seen.Add(First(hash));
        }
    }

    private static UInt128 First(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128BigEndian(hash);
}
