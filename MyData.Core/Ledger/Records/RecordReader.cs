using System.Buffers.Text;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>Takes the values out of a record that has been scanned, so nothing here can fail.</summary>
internal readonly ref struct RecordReader(ReadOnlySpan<byte> json, ReadOnlySpan<Range> values, int seen)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private readonly ReadOnlySpan<Range> _values = values;

    public string? Text(int member) => Has(member) ? Unquote(Raw(member)) : null;

    public byte[]? Bytes(int member) => Has(member) ? Base64Url.DecodeFromUtf8(Raw(member)[1..^1]) : null;

    public long Integer(int member)
    {
        LogText.TryDecimal(Raw(member), out var value);
        return value;
    }

    public IReadOnlyList<string> Texts(int member)
    {
        var texts = new List<string>();
        if (!Has(member))
            return texts;
        for (var rest = Raw(member)[1..]; !rest.IsEmpty; )
        {
            var end = 1;
            while (rest[end] != '"')
                end += rest[end] == '\\' ? 2 : 1;
            texts.Add(Unquote(rest[..(end + 1)]));
            rest = rest[(end + 2)..];
        }
        return texts;
    }

    private bool Has(int member) => (seen & 1 << member) != 0;

    private ReadOnlySpan<byte> Raw(int member) => _json[_values[member]];

    private static string Unquote(ReadOnlySpan<byte> quoted)
    {
        var raw = quoted[1..^1];
        return raw.ContainsAnyExcept(RecordText.Plain) ? RecordText.Read(raw) : Encoding.ASCII.GetString(raw);
    }
}
